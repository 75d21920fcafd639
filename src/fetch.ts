/** One attempt to fetch a source: the server is asked, and what it sends is staged with what it says of the version. */

import { readFileSync, writeFileSync } from "node:fs";
import type { Step } from "./core/catalog.ts";
import type { Emit } from "./core/event.ts";
import { download, type Version } from "./run/download.ts";
import { failureOf } from "./run/failure.ts";
import { failed, type Outcome } from "./run/outcome.ts";
import type { Stage } from "./run/stage.ts";

/** How long a server may send nothing. */
const IDLE_MS = 30_000;

export interface Fetching {
  readonly root: string;
  readonly step: Step;
  readonly stage: Stage;
  /** What was fetched last stands there as it was. */
  readonly isInPlace: boolean;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Told when there is another version. */
  readonly onStart: () => void;
}

export async function fetchSource(of: Fetching): Promise<Outcome> {
  const { root, step, stage, isInPlace, emit, signal, onStart } = of;
  const [file = "", answer = ""] = step.outputs.flatMap(({ paths }) => paths);
  const timeout = step.rule.policy.timeoutMs;
  const limit = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  try {
    const version = await download({
      url: step.id,
      place: `${root}/${stage.place(file)}`,
      known: isInPlace ? versionIn(`${root}/${answer}`) : undefined,
      idleMs: IDLE_MS,
      signal: limit === undefined ? signal : AbortSignal.any([signal, limit]),
      onBody: onStart,
      onBytes: (done, total) => emit({ type: "step-progress", step: step.id, done, total }),
    });
    if (version === "same") return { isDone: true, isSame: true };
    writeFileSync(`${root}/${stage.place(answer)}`, `${JSON.stringify(version, null, 2)}\n`);
    return { isDone: true };
  } catch (error) {
    if (signal.aborted) return failed("interrupted", "the build was interrupted");
    if (limit?.aborted === true) return failed("timeout", `it took longer than its timeout, ${timeout} ms`);
    return failureOf(error);
  }
}

const versionIn = (path: string): Version => JSON.parse(readFileSync(path, "utf8")) as Version;
