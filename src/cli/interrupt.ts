/** SIGINT and SIGTERM: the first lets the build end what runs, the second ends the process at once. */

import { constants } from "node:os";

export interface Interruption {
  /** Aborted with the signal's name as reason. */
  readonly signal: AbortSignal;
  /** Steps may run from now on. Until then, as while waiting for another build, the first signal ends the process. */
  begin(): void;
}

type Interrupting = "SIGINT" | "SIGTERM";

/** What a step needs of a process; a test brings its own. */
export interface Signalled {
  on(signal: Interrupting, listener: (signal: Interrupting) => void): unknown;
  exit(code: number): unknown;
}

export function interruption(of: Signalled): Interruption {
  const controller = new AbortController();
  let hasBegun = false;
  const interrupted = (signal: Interrupting): void => {
    if (!hasBegun || controller.signal.aborted) of.exit(128 + constants.signals[signal]);
    else controller.abort(signal);
  };
  of.on("SIGINT", interrupted);
  of.on("SIGTERM", interrupted);
  return {
    signal: controller.signal,
    begin: () => {
      hasBegun = true;
    },
  };
}
