/** Which kind of failure it is, from what was thrown or how a process died. Pure. */

import { ownKindOf } from "../core/retryable.ts";
import { failed, type Failed, type Kind } from "./outcome.ts";

const NETWORK =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_.+)$/;
const MEMORY = /^(?:ERR_WORKER_OUT_OF_MEMORY|ENOMEM)$/;
const DEEPEST = 10;

/** The kind of what an action threw, by itself or by what caused it. It may be anything, and may resist being read. */
export function kindOf(thrown: unknown): string {
  for (const error of chainOf(thrown)) {
    const kind = quietly(() => ownKindOf(error)) ?? quietly(() => kindOfOne(error));
    if (kind !== undefined) return kind;
  }
  return "error";
}

function kindOfOne(error: object): Kind | undefined {
  const { code, message, syscall, name } = error as Readonly<Record<string, unknown>>;
  if (typeof code === "string" && NETWORK.test(code)) return "network";
  // A file or a program that stopped reading gives the same code; only a socket's has no other explanation.
  if (code === "EPIPE" && syscall === "write") return "network";
  if (name === "TypeError" && message === "fetch failed") return "network";
  if (typeof code === "string" && MEMORY.test(code)) return "oom";
  if (name === "RangeError" && message === "Array buffer allocation failed") return "oom";
  return undefined;
}

/** The error, what caused it, and what that gathers; no more than a few. */
function chainOf(thrown: unknown): readonly object[] {
  const found: object[] = [];
  const open = [thrown];
  while (open.length > 0 && found.length < DEEPEST) {
    const next = open.shift();
    if (typeof next !== "object" || next === null || found.includes(next)) continue;
    found.push(next);
    const { cause, errors } = quietly(() => ({ cause: Reflect.get(next, "cause"), errors: gathered(next) })) ?? {};
    open.push(cause, ...(errors ?? []));
  }
  return found;
}

const gathered = (error: object): readonly unknown[] => {
  const errors: unknown = Reflect.get(error, "errors");
  return Array.isArray(errors) ? errors.slice(0, DEEPEST) : [];
};

/** What V8 prints before it aborts. */
const HEAP_EXHAUSTED = /JavaScript heap out of memory|Zone Allocation failed - process out of memory/;

export interface Death {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what the process printed. */
  readonly printed: () => string;
}

/** How a process that should not have ended did. `of` names it: `the action` or `the command`. */
export function failureOfDeath(of: string, { code, signal, printed }: Death): Failed {
  const hasAborted = signal === "SIGABRT" || code === 134;
  if (hasAborted && HEAP_EXHAUSTED.test(printed())) return failed("oom", `${of} ran out of memory: its heap was full`);
  if (signal !== null) return failed("killed", `${of} was killed by ${signal}`);
  return failed("error", `${of} ended with exit code ${code}`);
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
