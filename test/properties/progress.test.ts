/**
 * The schedule and the progress of a build under random programs: graphs that grow, steps that wait for what they find
 * while they are judged or run, for several things at once, and steps that are judged once more. No disk.
 */

import { array, assert, asyncProperty, constantFrom, nat, record } from "fast-check";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Step } from "../../src/core/catalog.ts";
import type { GrowingGraph } from "../../src/core/graph.ts";
import { scheduleOf, type Schedule } from "../../src/core/schedule.ts";
import { fits, moved, type Tokens } from "../../src/core/tokens.ts";
import { Progress } from "../../src/progress.ts";
import { runsFrom } from "./runs.ts";

const CAPACITY = { cpu: 2, network: 2 };

const tokens = record({ cpu: constantFrom(0.3, 0.7, 1, 2, 3), network: nat(2) });
const program = record({
  steps: array(record({ tokens, needs: array(nat(100), { maxLength: 3 }) }), { minLength: 1, maxLength: 8 }),
  choices: array(nat(1000), { minLength: 1, maxLength: 60 }),
});

test("every step settles, handed out when its needs are settled, and no token is given twice", async () => {
  await assert(
    asyncProperty(program, async ({ steps, choices }) => {
      const drawing = new Drawing(choices);
      for (const { tokens, needs } of steps) drawing.add(drawing.count, { tokens, needs });
      await new Driver(drawing).run();
    }),
    runsFrom("CORE", 1000),
  );
}, 120_000);

/** A graph of steps that do nothing; the rank of each is above those of all that it may ever need, so there is no cycle. */
class Drawing implements GrowingGraph {
  readonly steps: Step[] = [];
  readonly needs: number[][] = [];
  readonly dependents: number[][] = [];
  readonly targets: readonly number[] = [];
  readonly #ranks: number[] = [];
  readonly #choices: readonly number[];
  #at = 0;
  /** How many may still be added while the program runs. */
  #left = 12;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  get count(): number {
    return this.steps.length;
  }

  /** Never the same for ever, so that a program ends. */
  choose(from: number): number {
    const at = this.#at++;
    return ((this.#choices[at % this.#choices.length] ?? 0) + (Math.imul(at, 0x9e3779b1) >>> 16)) % from;
  }

  add(rank: number, of: { readonly tokens: Tokens; readonly needs: readonly number[] }): number {
    const index = this.count;
    const lower = this.below(rank);
    const needs = [...new Set(of.needs.flatMap((number) => lower[number % lower.length] ?? []))];
    this.steps.push({ id: `s${index}`, rule: { tokens: of.tokens } } as unknown as Step);
    this.#ranks.push((rank + Math.max(rank - 1, ...needs.map((need) => this.#ranks[need] ?? 0))) / 2);
    this.needs.push(needs);
    this.dependents.push([]);
    for (const need of needs) this.dependents[need]?.push(index);
    return index;
  }

  below(rank: number): readonly number[] {
    return [...this.#ranks.keys()].filter((index) => (this.#ranks[index] ?? 0) < rank);
  }

  /** `old`: what was there already; `new`: a step that was not. */
  readonly makersOf = (path: string, neededBy: Step): readonly number[] => {
    const rank = this.#ranks[this.steps.indexOf(neededBy)] ?? 0;
    const lower = this.below(rank);
    if (path === "new" && this.#left-- > 0) {
      const [cpu, network] = [1 + this.choose(2), this.choose(3)];
      return [this.add(rank, { tokens: { cpu, network }, needs: [this.choose(100), this.choose(100)] })];
    }
    return lower.length === 0 ? [] : [lower[this.choose(lower.length)] ?? 0];
  };
}

class Driver {
  readonly #drawing: Drawing;
  readonly #progress: Progress;
  readonly #held: Map<number, Tokens>;
  /** By running step, for how many things it waits. */
  readonly #waits = new Map<number, number>();
  readonly #closed = new Set<number>();
  #reopenings = 6;
  #asks = 30;

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
    const { schedule, held } = watched(drawing);
    this.#held = held;
    this.#progress = new Progress({ graph: drawing, schedule, onChange: () => this.#advance() });
  }

  async run(): Promise<void> {
    const { schedule } = this.#progress;
    for (this.#advance(); schedule.unsettled > 0; this.#advance()) {
      await turn();
      const able = [...this.#waits.keys()];
      // One that waits can do no more than to wait for more.
      if (able.length === 0 || (able.every((index) => (this.#waits.get(index) ?? 0) > 0) && this.#held.size === 0))
        throw new Error(`nothing goes on, and ${schedule.unsettled} steps are left`);
      this.#act(able[this.#drawing.choose(able.length)] ?? 0);
    }
    expect([this.#held.size, schedule.running]).toEqual([0, 0]);
    expect(this.#closed.size).toBe(this.#drawing.count);
  }

  #advance(): void {
    const { schedule } = this.#progress;
    for (let index = schedule.nextToJudge(); index !== undefined; index = schedule.nextToJudge()) this.#judge(index);
    for (let index = schedule.nextToStart(); index !== undefined; index = schedule.nextToStart())
      if (!this.#progress.resume(index)) {
        expect(this.#waits.has(index)).toBe(false);
        this.#waits.set(index, 0);
      }
  }

  #judge(index: number): void {
    const { schedule } = this.#progress;
    expect(schedule.isSettled(index)).toBe(false);
    expect(this.#drawing.needs[index]?.every((need) => this.#closed.has(need))).toBe(true);
    const open = this.#progress.needsOf(index).filter((need) => !schedule.isSettled(need));
    if (open.length > 0) return schedule.postpone(index, open);
    const choice = this.#drawing.choose(6);
    if (choice === 0) return this.#settle(index);
    const found = choice < 3 ? this.#progress.makersOf(choice === 1 ? "new" : "old", index) : [];
    const again = choice === 3 && this.#reopenings-- > 0 ? this.#progress.needsOf(index).slice(0, 1) : [];
    for (const need of again) schedule.reopen(need);
    const until = [...found, ...again].filter((need) => !schedule.isSettled(need));
    if (until.length > 0) schedule.postpone(index, until);
    else schedule.enqueue(index);
  }

  #act(index: number): void {
    const waits = this.#waits.get(index) ?? 0;
    const choice = this.#drawing.choose(5);
    if (choice < 2 && waits < 3 && this.#asks-- > 0) {
      const makers = this.#progress.makersOf(choice === 0 ? "new" : "old", index);
      this.#waits.set(index, waits + 1);
      void this.#progress.waitFor(index, makers).then(() => {
        expect(makers.every((maker) => this.#closed.has(maker))).toBe(true);
        this.#waits.set(index, (this.#waits.get(index) ?? 0) - 1);
      });
    } else if (waits === 0) {
      this.#waits.delete(index);
      this.#settle(index);
    }
  }

  #settle(index: number): void {
    this.#closed.add(index);
    this.#progress.settle(index, "built");
  }
}

/** The schedule, which fails where it gives a step its tokens twice, or more than there are. */
function watched(graph: GrowingGraph): { readonly schedule: Schedule; readonly held: Map<number, Tokens> } {
  const inner = scheduleOf(graph, { capacity: CAPACITY, durationMs: (index) => 100 * (1 + (index % 5)) });
  const held = new Map<number, Tokens>();
  const usedBy = (holders: Iterable<Tokens>): Tokens =>
    [...holders].reduce<Tokens>((used, by) => moved(used, { by, sign: 1, capacity: CAPACITY }), {});
  const watching: Partial<Schedule> = {
    nextToStart() {
      const index = inner.nextToStart();
      if (index === undefined) return undefined;
      const needed = graph.steps[index]?.rule.tokens ?? {};
      expect(held.has(index), `step ${index} holds its tokens already`).toBe(false);
      expect(fits(needed, { used: usedBy(held.values()), capacity: CAPACITY })).toBe(true);
      held.set(index, needed);
      return index;
    },
    suspend(index) {
      held.delete(index);
      inner.suspend(index);
    },
    settle(index) {
      held.delete(index);
      inner.settle(index);
    },
  };
  return { schedule: Object.assign(Object.create(inner) as Schedule, watching), held };
}
