/** `reports/builds.jsonl` and `reports/metrics.jsonl`: consumers of the event stream that only append whole lines. */

import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import type { BuildEvent, Emit } from "../core/event.ts";
import type { PathState } from "../core/staleness.ts";
import type { Version } from "../core/version.ts";

export interface Ledger {
  readonly record: Emit;
  close(): void;
}

const VERSION = 1;

export function ledgerOf(root: string, build: string): Ledger {
  const descriptors = new Map<string, number>();
  const append = (name: string, fields: object): void => {
    let descriptor = descriptors.get(name);
    if (descriptor === undefined) {
      mkdirSync(`${root}/reports`, { recursive: true });
      descriptor = openSync(`${root}/reports/${name}.jsonl`, "a");
      descriptors.set(name, descriptor);
    }
    writeSync(descriptor, `${JSON.stringify({ v: VERSION, at: new Date().toISOString(), build, ...fields })}\n`);
  };
  return {
    record(event) {
      if (event.type === "step-metric") append("metrics", { step: event.step, name: event.name, value: event.value });
      else if (isWorthALine(event)) append("builds", lineOf(event));
    },
    close() {
      for (const descriptor of descriptors.values()) closeSync(descriptor);
    },
  };
}

/** A line for each step that something happened to and one for the build, which counts the fresh ones. */
function isWorthALine(event: BuildEvent): boolean {
  return ["step-built", "step-restored", "step-failed", "step-skipped", "build-finished"].includes(event.type);
}

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
