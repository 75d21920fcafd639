/** `reports/builds.jsonl` and `reports/metrics.jsonl`: consumers of the event stream that only append whole lines. */

import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import type { BuildEvent, Emit } from "../core/event.ts";

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

/** The tail of a failed step's log stands in the log. */
function lineOf(event: BuildEvent): object {
  if (event.type !== "step-failed") return event;
  const { tail: _, ...rest } = event;
  return rest;
}
