/**
 * Which step is judged next and which may start, from the graph and the tokens alone. Pure: it holds no disk and no
 * clock, so any order of completions can be played through it.
 *
 *        ┌──────────postponed────────────┐                               (reopened: judged once more)
 *        ▼                               │                                            ┌─────────────┐
 *     waiting ──all needs settled──▶ judgeable ──nothing to do──────────────────────▶ settled ──────┘
 *                                        │                                               ▲
 *                                        └─must run─▶ queued ─tokens free─▶ running ─ended─┘
 *                                                       ▲                      │
 *                                                       └─resumed─ suspended ◀─┘ (gives its tokens back)
 */

import type { Graph } from "./graph.ts";
import { Readiness } from "./readiness.ts";
import { fits, moved, type Tokens } from "./tokens.ts";

export interface Schedule {
  /** A step whose needs are all settled and that was not handed out before. */
  nextToJudge(): number | undefined;
  /** The step has to run; it waits for its tokens. */
  enqueue(index: number): void;
  /** The queued step on the longest remaining path whose tokens are free; it holds them from here on. */
  nextToStart(): number | undefined;
  /** A step that was handed out to be judged needs others first; it is handed out again once they are settled. */
  postpone(index: number, until: readonly number[]): void;
  /** A running step gives its tokens back while it waits on another; `enqueue` puts it in line again. */
  suspend(index: number): void;
  /** A settled step is judged once more. Its dependents stay as near as they are. */
  reopen(index: number): void;
  /** Takes in the steps that the graph has grown by for the sake of one. */
  grow(neededBy: number): void;
  /** The step is done, fresh, failed or skipped; it gives back what it holds, and its dependents come nearer. */
  settle(index: number): void;
  isSettled(index: number): boolean;
  readonly running: number;
  readonly unsettled: number;
}

export interface Limits {
  readonly capacity: Tokens;
  /** Milliseconds that the step took last time, or a guess. */
  durationMs(index: number): number;
}

export function scheduleOf(graph: Graph, limits: Limits): Schedule {
  const readiness = new Readiness(graph);
  const holding = new Set<number>();
  const queue = queueOf(graph, limits);
  let used: Tokens = {};

  const give = (index: number): void => {
    if (!holding.delete(index)) return;
    // Fractions that are added and taken away leave a trace, which must not keep the last step waiting for ever.
    used = holding.size === 0 ? {} : moved(used, { by: tokensOf(graph, index), sign: -1, capacity: limits.capacity });
  };

  return {
    nextToJudge: () => readiness.next(),
    postpone: (index, until) => readiness.postpone(index, until),
    reopen: (index) => readiness.reopen(index),
    isSettled: (index) => readiness.isSettled(index),
    enqueue: (index) => queue.add(index),
    nextToStart() {
      const index = queue.take((tokens) => fits(tokens, { used, capacity: limits.capacity }));
      if (index === undefined) return undefined;
      holding.add(index);
      used = moved(used, { by: tokensOf(graph, index), sign: 1, capacity: limits.capacity });
      return index;
    },
    suspend: give,
    grow(neededBy) {
      readiness.grow();
      queue.grow(neededBy);
    },
    settle(index) {
      give(index);
      readiness.settle(index);
    },
    get running() {
      return holding.size;
    },
    get unsettled() {
      return readiness.unsettled;
    },
  };
}

const tokensOf = (graph: Graph, index: number): Tokens => graph.steps[index]?.rule.tokens ?? {};

interface Queue {
  add(index: number): void;
  /** Ranks the steps that the graph has grown by: they hold up the one that needs them. */
  grow(neededBy: number): void;
  take(isFree: (tokens: Tokens) => boolean): number | undefined;
}

// One heap for each kind of need: steps that ask for the same tokens fit or wait together, so only the heads are looked at.
function queueOf(graph: Graph, limits: Limits): Queue {
  const heaps = new Map<string, { readonly tokens: Tokens; readonly heap: number[] }>();
  let known: number[] | undefined;
  const isBefore = (a: number, b: number): boolean => {
    const ranks = (known ??= ranksOf(graph, limits));
    const difference = (ranks[b] ?? 0) - (ranks[a] ?? 0);
    return difference === 0 ? a < b : difference < 0;
  };
  return {
    add(index) {
      const tokens = tokensOf(graph, index);
      const kind = JSON.stringify(tokens);
      const { heap } = heaps.get(kind) ?? { tokens, heap: [] };
      heaps.set(kind, { tokens, heap });
      push(heap, index, isBefore);
    },
    grow(neededBy) {
      // Those that stand in a heap keep their ranks: another order under its feet would spoil it.
      if (known !== undefined) rank(graph, { ranks: known, limits, behind: known[neededBy] ?? 0 });
    },
    take(isFree) {
      let best: number[] | undefined;
      for (const { tokens, heap } of heaps.values()) {
        const [head] = heap;
        if (head === undefined || !isFree(tokens)) continue;
        if (best === undefined || isBefore(head, best[0] ?? head)) best = heap;
      }
      return best === undefined ? undefined : pop(best, isBefore);
    },
  };
}

/** For each step, how long the longest chain from its start to the end of the build takes, in milliseconds. */
export function ranksOf(graph: Graph, limits: Pick<Limits, "durationMs">): number[] {
  const ranks: number[] = [];
  rank(graph, { ranks, limits, behind: 0 });
  return ranks;
}

/** Adds the ranks that are missing; what nothing else depends on has `behind` milliseconds after it. */
function rank(
  graph: Graph,
  of: { readonly ranks: number[]; readonly limits: Pick<Limits, "durationMs">; readonly behind: number },
): void {
  const { ranks, limits, behind } = of;
  const first = ranks.length;
  while (ranks.length < graph.steps.length) ranks.push(0);
  for (let index = graph.steps.length - 1; index >= first; index--) {
    let longest = behind;
    for (const dependent of graph.dependents[index] ?? []) longest = Math.max(longest, ranks[dependent] ?? 0);
    ranks[index] = longest + limits.durationMs(index);
  }
}

type IsBefore = (a: number, b: number) => boolean;

function push(heap: number[], item: number, isBefore: IsBefore): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(heap[at] as number, heap[above] as number)) return;
    swap(heap, at, above);
    at = above;
  }
}

function pop(heap: number[], isBefore: IsBefore): number | undefined {
  const [head] = heap;
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return head;
  heap[0] = last;
  for (let at = 0; ;) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    let first = at;
    if (left < heap.length && isBefore(heap[left] as number, heap[first] as number)) first = left;
    if (right < heap.length && isBefore(heap[right] as number, heap[first] as number)) first = right;
    if (first === at) return head;
    swap(heap, at, first);
    at = first;
  }
}

function swap(heap: number[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as number, heap[a] as number];
}
