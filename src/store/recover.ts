/** Finishes what a killed build began to publish, or takes it back; what comes of it is one whole set of outputs. */

import { existsSync } from "node:fs";
import { PipeError } from "../core/error.ts";
import { ABSENT } from "../core/staleness.ts";
import { settleDeployment } from "./deployment.ts";
import { isAside, putAll, undo } from "./move.ts";
import { abandonedIn, asBefore, makeFolder, rescueFor, type Shelves } from "./publish.ts";
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
  const together = new Map<string, readonly Journal[]>();
  for (const journal of state.journals) {
    const key = journal.together ?? `step ${journal.trace.step}`;
    together.set(key, [...(together.get(key) ?? []), journal]);
  }
  return [...together.values()]
    .flatMap((journals) => finishTogether(shelves, journals, build))
    .filter(({ path }) => existsSync(`${root}/${path}`));
}

function finishTogether(shelves: Shelves, journals: readonly Journal[], build: string): readonly Rescued[] {
  const { root, state } = shelves;
  const before = new Map(journals.map(({ trace: { step } }) => [step, state.trace(step)]));
  const told = journals.flatMap(({ trace: { step }, moves }) =>
    moves.flatMap(({ rescue }) =>
      rescue !== undefined && existsSync(`${root}/${rescue}`) ? [{ step, path: rescue }] : [],
    ),
  );
  const rescued = unlessRefused(() => finished(shelves, journals, build));
  const abandoned = journals.flatMap((journal) => abandonedIn(journal, before.get(journal.trace.step)));
  const steps = journals.map(({ trace }) => trace.step);
  if (rescued !== undefined) {
    for (const { deployment } of journals) if (deployment !== undefined) settleDeployment(root, deployment);
    state.append({ completed: steps, abandoned });
  } else if (isTakenBack(shelves, journals)) state.append(asBefore(state, journals));
  else state.append({ dropped: steps, abandoned });
  return [...told, ...(rescued ?? [])];
}

/** Makes the moves that are left; where they cannot lead to what the journals say, none, and the result is undefined. */
function finished(shelves: Shelves, journals: readonly Journal[], build: string): readonly Rescued[] | undefined {
  const { root, state, observer } = shelves;
  const moves = journals.flatMap((journal) => journal.moves.map((move) => ({ ...move, step: journal.trace.step })));
  for (const { to } of moves) observer.forget(to);
  const waiting = moves.filter((move) => isWaiting(shelves, move));
  const isThere = (move: (typeof moves)[number]): boolean =>
    waiting.includes(move) || observer.digestOf(move.to) === move.digest;
  if (!moves.every(isThere)) return undefined;
  const left = waiting.map(({ to, from, digest, step }) => {
    makeFolder(root, to, step);
    return { to, from, digest, step, ...rescueFor(shelves, { path: to, before: state.trace(step), build }) };
  });
  putAll(root, left);
  for (const { to } of left) observer.forget(to);
  return left.flatMap(({ rescue, step }) => (rescue === undefined ? [] : [{ step, path: rescue }]));
}

function isTakenBack({ root, state, observer }: Shelves, journals: readonly Journal[]): boolean {
  for (const move of journals.flatMap(({ moves }) => moves).toReversed()) {
    observer.forget(move.to);
    const isOurs = [move.digest, ABSENT].includes(observer.digestOf(move.to));
    if (isOurs && isAside(root, move)) unlessRefused(() => undo(root, move));
    observer.forget(move.to);
  }
  return journals.every(({ trace }) => {
    const before = state.trace(trace.step);
    return before?.outputs.every(({ path, digest }) => observer.digestOf(path) === digest) === true;
  });
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
