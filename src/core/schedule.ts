/**
 * Which step is judged next and which may start, from the graph and the tokens alone. Pure: it holds no disk and no
 * clock, so any order of completions can be played through it.
 *
 *     waiting ──all needs settled──▶ judgeable ──nothing to do──────────────────────────────▶ settled
 *                                        │                                                      ▲
 *                                        └──must run──▶ queued ──tokens free──▶ running ──ended──┘
 *                                                         ▲                        │
 *                                                         └──resumed── suspended ◀─┘ (gives its tokens back)
 */

import type { Graph } from "./graph.ts";
import { fits, moved, type Tokens } from "./tokens.ts";

export interface Schedule {
  /** A step whose needs are all settled and that was not handed out before. */
  nextToJudge(): number | undefined;
  /** The step has to run; it waits for its tokens. */
  enqueue(index: number): void;
  /** The queued step on the longest remaining path whose tokens are free; it holds them from here on. */
  nextToStart(): number | undefined;
  /** A running step gives its tokens back while it waits on another; `enqueue` puts it in line again. */
  suspend(index: number): void;
  /** The step is done, fresh, failed or skipped; it gives back what it holds, and its dependents come nearer. */
  settle(index: number): void;
  readonly running: number;
  readonly unsettled: number;
}

export interface Limits {
  readonly capacity: Tokens;
  /** Milliseconds that the step took last time, or a guess. */
  durationMs(index: number): number;
}

export function scheduleOf(graph: Graph, limits: Limits): Schedule {
  const pending = graph.needs.map((needs) => needs.length);
  const judgeable = graph.steps.flatMap((_, index) => (pending[index] === 0 ? [index] : []));
  const holding = new Set<number>();
  const queue = queueOf(graph, limits);
  let at = 0;
  let used: Tokens = {};
  let unsettled = graph.steps.length;

  const give = (index: number): void => {
    if (!holding.delete(index)) return;
    // Fractions that are added and taken away leave a trace, which must not keep the last step waiting for ever.
    used = holding.size === 0 ? {} : moved(used, { by: tokensOf(graph, index), sign: -1, capacity: limits.capacity });
  };

  return {
    nextToJudge: () => (at < judgeable.length ? judgeable[at++] : undefined),
    enqueue: (index) => queue.add(index),
    nextToStart() {
      const index = queue.take((tokens) => fits(tokens, { used, capacity: limits.capacity }));
      if (index === undefined) return undefined;
      holding.add(index);
      used = moved(used, { by: tokensOf(graph, index), sign: 1, capacity: limits.capacity });
      return index;
    },
    suspend: give,
    settle(index) {
      give(index);
      unsettled -= 1;
      for (const dependent of graph.dependents[index] ?? []) {
        const left = (pending[dependent] ?? 0) - 1;
        pending[dependent] = left;
        if (left === 0) judgeable.push(dependent);
      }
    },
    get running() {
      return holding.size;
    },
    get unsettled() {
      return unsettled;
    },
  };
}

const tokensOf = (graph: Graph, index: number): Tokens => graph.steps[index]?.rule.tokens ?? {};

interface Queue {
  add(index: number): void;
  take(isFree: (tokens: Tokens) => boolean): number | undefined;
}

// One heap for each kind of need: steps that ask for the same tokens fit or wait together, so only the heads are looked at.
function queueOf(graph: Graph, limits: Limits): Queue {
  const heaps = new Map<string, { readonly tokens: Tokens; readonly heap: number[] }>();
  let ranks: Float64Array | undefined;
  const isBefore = (a: number, b: number): boolean => {
    ranks ??= ranksOf(graph, limits);
    const difference = (ranks[b] ?? 0) - (ranks[a] ?? 0);
    return difference === 0 ? a < b : difference < 0;
  };
  return {
    add(index) {
      const tokens = tokensOf(graph, index);
      const kind = JSON.stringify(tokens);
      const known = heaps.get(kind) ?? { tokens, heap: [] };
      heaps.set(kind, known);
      push(known.heap, index, isBefore);
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
export function ranksOf(graph: Graph, limits: Pick<Limits, "durationMs">): Float64Array {
  const ranks = new Float64Array(graph.steps.length);
  for (let index = graph.steps.length - 1; index >= 0; index--) {
    let longest = 0;
    for (const dependent of graph.dependents[index] ?? []) longest = Math.max(longest, ranks[dependent] ?? 0);
    ranks[index] = longest + limits.durationMs(index);
  }
  return ranks;
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
