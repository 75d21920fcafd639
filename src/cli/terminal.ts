/** What a command touches of the process, so that a test can be one. */

import type { Environment } from "../run/invocation.ts";
import type { Interruption } from "./interrupt.ts";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly env: Environment;
  readonly cwd: string;
  /** Waits, but no longer than until the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  interruption(): Interruption;
}
