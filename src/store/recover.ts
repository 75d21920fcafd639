/** Finishes what a killed build began to publish, or takes it back; what comes of it is one whole set of outputs. */

import { existsSync } from "node:fs";
import { PipeError } from "../core/error.ts";
import { ABSENT, type Trace } from "../core/staleness.ts";
import { isAside, putAll, undo } from "./move.ts";
import { abandonedBy, asBefore, makeFolder, rescueFor, type Shelves } from "./publish.ts";
import type { Journal, Move } from "./journal.ts";

/** Bytes that a person put where a step's output was about to be, and where they are now. */
export interface Rescued {
  readonly step: string;
  readonly path: string;
}

/**
 * Finishes each journal whose bytes are all there. Of another, what can be is taken back, and unless everything then stands
 * as it stood its step is forgotten, hence stale; if it were left, it would hold up every later build.
 */
export function finishJournals(shelves: Shelves, build: string): readonly Rescued[] {
  const { root, state } = shelves;
  return state.journals.flatMap((journal) => {
    const { trace, moves, override } = journal;
    const { step } = trace;
    const before = state.trace(step);
    const told = moves.flatMap(({ rescue }) =>
      rescue !== undefined && existsSync(`${root}/${rescue}`) ? [rescue] : [],
    );
    const rescued = unlessRefused(() => finished(shelves, { trace, moves }, build));
    const abandoned = override === undefined ? abandonedBy(trace, before) : [];
    if (rescued !== undefined) state.append({ completed: [step], abandoned });
    else if (isTakenBack(shelves, moves, before)) state.append(asBefore(state, journal));
    else state.append({ dropped: [step], abandoned });
    return [...told, ...(rescued ?? [])]
      .filter((path) => existsSync(`${root}/${path}`))
      .map((path) => ({ step, path }));
  });
}

/** Makes the moves that are left; where they cannot lead to what the journal says, none, and the result is undefined. */
function finished(shelves: Shelves, { trace, moves }: Journal, build: string): readonly string[] | undefined {
  const { root, state, observer } = shelves;
  const before = state.trace(trace.step);
  for (const { to } of moves) observer.forget(to);
  const waiting = moves.filter((move) => isWaiting(shelves, move));
  const isThere = (move: Move): boolean => waiting.includes(move) || observer.digestOf(move.to) === move.digest;
  if (!moves.every(isThere)) return undefined;
  const left = waiting.map((move): Move => {
    makeFolder(root, move.to, trace.step);
    const { to, from, digest } = move;
    return { to, from, digest, ...rescueFor(shelves, { path: to, before, build }) };
  });
  putAll(root, left);
  for (const { to } of left) observer.forget(to);
  return left.flatMap(({ rescue }) => rescue ?? []);
}

function isTakenBack({ root, observer }: Shelves, moves: readonly Move[], before: Trace | undefined): boolean {
  for (const move of moves.toReversed()) {
    observer.forget(move.to);
    const isOurs = [move.digest, ABSENT].includes(observer.digestOf(move.to));
    if (isOurs && isAside(root, move)) unlessRefused(() => undo(root, move));
    observer.forget(move.to);
  }
  return before?.outputs.every(({ path, digest }) => observer.digestOf(path) === digest) === true;
}

/** Undefined where the system or the project refuses, such as for a folder in whose place a file stands by now. */
function unlessRefused<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof PipeError || (error as NodeJS.ErrnoException).syscall !== undefined) return undefined;
    throw error;
  }
}

function isWaiting({ root, observer }: Shelves, move: Move): boolean {
  const place = `${root}/${move.from}`;
  return existsSync(place) && observer.digestAt(place, move.to).digest === move.digest;
}
