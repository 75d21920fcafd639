/** `reports/builds.jsonl` and `reports/metrics.jsonl`: consumers of the event stream that only append whole lines. */

import { closeSync, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import type { PipeError } from "../core/error.ts";
import { isRefusal, refused, type SystemError } from "../core/error-disk.ts";
import type { BuildEvent, Emit } from "../core/event.ts";
import { writeAll } from "./whole.ts";

export interface Ledger {
  readonly record: Emit;
  close(): void;
}

const VERSION = 1;

/**
 * Throws where the ledger cannot be opened, before anything runs. What is refused later stops no build: it is told once,
 * by `tell`.
 */
export function ledgerOf(root: string, build: string, tell: (refusal: PipeError) => void): Ledger {
  const files = new Map([["builds", opened(root, "builds")]]);
  let isRefused = false;
  const append = (name: string, fields: object): void => {
    const file = files.get(name) ?? opened(root, name);
    files.set(name, file);
    const line = `${JSON.stringify({ v: VERSION, at: new Date().toISOString(), build, ...fields })}\n`;
    const start = file.isTorn ? "\n" : "";
    file.isTorn = true;
    writeAll(file.descriptor, start + line, file.path);
    file.isTorn = false;
  };
  const record: Emit = (event) => {
    if (event.type === "step-metric") append("metrics", { step: event.step, name: event.name, value: event.value });
    else if (isWorthALine(event)) append("builds", lineOf(event));
  };
  return {
    record(event) {
      try {
        record(event);
      } catch (error) {
        if (!isRefusal(error as SystemError)) throw error;
        if (!isRefused) tell(refused(error as SystemError));
        isRefused = true;
      }
    },
    close() {
      for (const { descriptor } of files.values()) closeSync(descriptor);
    },
  };
}

interface Opened {
  readonly path: string;
  readonly descriptor: number;
  /** True where the last line is not whole: a full disk, or a kill, came in between. The next one starts afresh. */
  isTorn: boolean;
}

function opened(root: string, name: string): Opened {
  const path = `${root}/reports/${name}.jsonl`;
  mkdirSync(`${root}/reports`, { recursive: true });
  const descriptor = openSync(path, "a+");
  const { size } = fstatSync(descriptor);
  const last = Buffer.from("\n");
  if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
  return { path, descriptor, isTorn: last.toString() !== "\n" };
}

/** A line for each step that something happened to and one for the build, which counts the fresh ones. */
function isWorthALine(event: BuildEvent): boolean {
  return ["step-built", "step-restored", "step-failed", "step-skipped", "build-finished"].includes(event.type);
}

/** The tail of a failed step's log stands in the log. */
function lineOf(event: BuildEvent): object {
  if (event.type !== "step-failed") return event;
  const { tail: _, ...rest } = event;
  return rest;
}
