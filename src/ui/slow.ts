/** Says that a step is still running once it has run for a while; without it a long step looks like a hang. */

import type { Emit } from "../core/event.ts";
import { formatDuration } from "./format.ts";

export const SLOW_MS = 5_000;

export interface SlowOptions {
  readonly write: (text: string) => void;
  /** Calls back after a while; the result takes that back. */
  readonly after: (durationMs: number, call: () => void) => () => void;
}

export function slowReporter({ write, after }: SlowOptions): Emit {
  const pending = new Map<string, () => void>();
  const settle = (step: string): void => {
    pending.get(step)?.();
    pending.delete(step);
  };
  return (event) => {
    if (event.type === "step-started") {
      const { step, lastDurationMs } = event;
      const last = lastDurationMs === undefined ? "" : `, took ${formatDuration(lastDurationMs)} last time`;
      settle(step);
      pending.set(
        step,
        after(SLOW_MS, () => write(`running   ${step} for ${formatDuration(SLOW_MS)} so far${last}\n`)),
      );
    } else if (event.type === "step-built" || event.type === "step-failed" || event.type === "step-skipped") {
      settle(event.step);
    } else if (event.type === "build-finished") {
      for (const step of pending.keys()) settle(step);
    }
  };
}
