/** How traces, signatures and journals are written in a line of the state: rows of numbers and a table of strings. */

import type { Deployment } from "../core/deployment.ts";
import { noteOf, type Override, type OverrideNote } from "../core/override.ts";
import type { InputState, PathState, Trace } from "../core/staleness.ts";
import type { Signature } from "./signature.ts";
import type { Journal } from "./journal.ts";

/** Numbers that are amounts or indexes into the line's table of strings. */
export type Row = readonly number[];

/** A row and the table that it refers to, decoded only when somebody asks. */
export interface Stored {
  readonly strings: readonly string[];
  readonly row: Row;
}

export interface Transaction {
  /** A trace replaces that step's old one, and ends its journal and its override. */
  readonly traces?: readonly Trace[];
  readonly signatures?: readonly (readonly [path: string, signature: Signature])[];
  readonly journals?: readonly Journal[];
  /** Steps whose publish is through: the trace or the override in the journal counts from here on. */
  readonly completed?: readonly string[];
  /** Outputs that a step made before and makes no more: as long as they hold what it made, they are no sources. */
  readonly abandoned?: readonly PathState[];
  /** Steps whose journal is forgotten, and their trace, unless the journal was an override's. */
  readonly dropped?: readonly string[];
  /** An override replaces that step's old one, and ends its journal. The trace stays for the time after it. */
  readonly overrides?: readonly Override[];
  /** Steps whose override is over. */
  readonly released?: readonly string[];
}

/** A transaction as it is written. */
export interface Line {
  readonly strings: readonly string[];
  readonly traces?: readonly Row[];
  readonly signatures?: readonly Row[];
  readonly journals?: readonly {
    readonly row: Row;
    readonly moves: Journal["moves"];
    readonly override?: OverrideNote;
    readonly together?: string;
    readonly deployment?: Deployment;
  }[];
  readonly completed?: readonly string[];
  readonly abandoned?: readonly PathState[];
  readonly dropped?: readonly string[];
  readonly overrides?: readonly { readonly row: Row; readonly note: OverrideNote }[];
  readonly released?: readonly string[];
}

export function encodeTransaction(transaction: Transaction): Line {
  const indexes = new Map<string, number>();
  const intern = (text: string): number => {
    const index = indexes.get(text) ?? indexes.size;
    indexes.set(text, index);
    return index;
  };
  const { traces, signatures, journals, completed, abandoned, dropped, overrides, released } = transaction;
  const line = {
    ...(traces && { traces: traces.map((trace) => traceRow(trace, intern)) }),
    ...(signatures && { signatures: signatures.map(([path, signature]) => signatureRow(path, signature, intern)) }),
    ...(journals && {
      journals: journals.map(({ trace, moves, override, together, deployment }) => ({
        row: traceRow(trace, intern),
        moves,
        ...(override && { override: noteOf(override) }),
        ...(together !== undefined && { together }),
        ...(deployment && { deployment }),
      })),
    }),
    ...(completed && { completed }),
    ...(abandoned && abandoned.length > 0 && { abandoned }),
    ...(dropped && { dropped }),
    ...(overrides && {
      overrides: overrides.map((override) => ({ row: traceRow(override.trace, intern), note: noteOf(override) })),
    }),
    ...(released && { released }),
  };
  return { strings: [...indexes.keys()], ...line };
}

type Intern = (text: string) => number;

function traceRow(trace: Trace, intern: Intern): Row {
  const states = (list: readonly PathState[]): Row =>
    list.flatMap(({ path, digest }) => [intern(path), intern(digest)]);
  return [
    intern(trace.step),
    intern(trace.fingerprint),
    trace.startedMs,
    trace.durationMs,
    trace.inputs.length,
    trace.discovered.length,
    ...trace.inputs.flatMap(({ name, path, digest }) => [intern(name), intern(path), intern(digest)]),
    ...states(trace.discovered),
    ...states(trace.outputs),
  ];
}

export function decodeTrace({ strings, row }: Stored): Trace {
  const text = (at: number): string => strings[row[at] as number] as string;
  const [, , startedMs = 0, durationMs = 0, inputCount = 0, discoveredCount = 0] = row;
  const inputs: InputState[] = [];
  let at = 6;
  for (let left = inputCount; left > 0; left--, at += 3)
    inputs.push({ name: text(at), path: text(at + 1), digest: text(at + 2) });
  const discovered: PathState[] = [];
  for (let left = discoveredCount; left > 0; left--, at += 2) discovered.push({ path: text(at), digest: text(at + 1) });
  const outputs: PathState[] = [];
  for (; at < row.length; at += 2) outputs.push({ path: text(at), digest: text(at + 1) });
  return { step: text(0), fingerprint: text(1), inputs, discovered, outputs, startedMs, durationMs };
}

function signatureRow(path: string, signature: Signature, intern: Intern): Row {
  const { device, inode, sizeBytes, modifiedMs, changedMs } = signature;
  return [
    intern(path),
    intern(signature.digest),
    device,
    inode,
    sizeBytes,
    modifiedMs,
    changedMs,
    signature.isTrusted ? 1 : 0,
  ];
}

export function decodeSignature({ strings, row }: Stored): Signature {
  const [, digest = 0, device = 0, inode = 0, sizeBytes = 0, modifiedMs = 0, changedMs = 0, isTrusted] = row;
  return {
    digest: strings[digest] as string,
    device,
    inode,
    sizeBytes,
    modifiedMs,
    changedMs,
    isTrusted: isTrusted === 1,
  };
}
