/** `reports/builds.jsonl` and `reports/metrics.jsonl`: consumers of the event stream that only append whole lines. */

import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from "node:fs";
import type { PipeError } from "../core/error.ts";
import { isRefusal, refused, type SystemError } from "../core/error-disk.ts";
import type { BuildEvent, Emit } from "../core/event.ts";
import type { PathState } from "../core/staleness.ts";
import type { Version } from "../core/version.ts";
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
    if (event.type === "step-metric") {
      const { step, name, value, of } = event;
      append("metrics", { step, name, value, ...(of && { of }) });
    } else if (isWorthALine(event)) append("builds", lineOf(event));
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
const isWorthALine = ({ type }: BuildEvent): boolean => WORTH_A_LINE.has(type);

const WORTH_A_LINE: ReadonlySet<BuildEvent["type"]> = new Set([
  "step-built",
  "step-restored",
  "step-held",
  "step-failed",
  "step-skipped",
  "build-finished",
]);

/** What builds left at a step's outputs, in the order of the file. A line that is none of ours is passed over. */
export function versionsIn(root: string, step: string): readonly Version[] {
  const named = `"step":${JSON.stringify(step)}`;
  return textOf(`${root}/reports/builds.jsonl`)
    .split("\n")
    .filter((line) => line.includes(named))
    .flatMap((line) => versionOf(line, step));
}

function versionOf(line: string, step: string): readonly Version[] {
  const { type, outputs, build, at, ...rest } = parsed(line);
  const atMs = Date.parse(String(at));
  const isVersion = (type === "step-built" || type === "step-restored") && rest["step"] === step;
  if (!isVersion || !isStates(outputs) || typeof build !== "string" || Number.isNaN(atMs)) return [];
  return [{ build, atMs, outputs: outputs.map(({ path, digest }) => ({ path, digest })) }];
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(line) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    // A line that a killed build left torn tells of no version.
    return {};
  }
}

const isStates = (value: unknown): value is readonly PathState[] =>
  Array.isArray(value) &&
  value.every((state: Partial<PathState> | null) => {
    return typeof state?.path === "string" && typeof state.digest === "string";
  });

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** The tail of a failed step's log stands in the log. */
function lineOf(event: BuildEvent): object {
  if (event.type !== "step-failed") return event;
  const { tail: _, ...rest } = event;
  return rest;
}
