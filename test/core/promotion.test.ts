/** The gate, decided by values alone. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { figureIn, figuresIn, verdictOf, type Comparison, type Gate } from "../../src/core/promotion.ts";

const amount = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const gates: fc.Arbitrary<Gate> = fc.record({
  metric: fc.constant("rmse"),
  bound: fc.option(amount, { nil: undefined }),
  share: fc.option(fc.double({ noNaN: true, min: 0, max: 2 }), { nil: undefined }),
  better: fc.constantFrom("lower", "higher"),
});
const holdouts = fc.constantFrom("a", "b", undefined);
const figures = fc.record({ value: amount, holdout: holdouts });
const comparisons: fc.Arbitrary<Comparison> = fc.record({
  candidate: figures,
  live: fc.oneof(figures, fc.constantFrom("none" as const, "unknown" as const)),
  rescored: fc.option(amount, { nil: undefined }),
});

/** The same gate where the other direction is better, looking at the same model. */
const mirrored = (gate: Gate): Gate => ({
  ...gate,
  bound: gate.bound === undefined ? undefined : -gate.bound,
  better: gate.better === "lower" ? "higher" : "lower",
});
const negated = ({ candidate, live, rescored }: Comparison): Comparison => ({
  candidate: { ...candidate, value: -candidate.value },
  live: typeof live === "string" ? live : { ...live, value: -live.value },
  rescored: rescored === undefined ? undefined : -rescored,
});

describe("whatever is compared", () => {
  test("what is better than something good is good", () => {
    fc.assert(
      fc.property(gates, comparisons, amount, (gate, comparison, by) => {
        const { candidate } = comparison;
        const value = candidate.value + (gate.better === "lower" ? -1 : 1) * Math.abs(by);
        const better = verdictOf(gate, { ...comparison, candidate: { ...candidate, value } });
        return verdictOf(gate, comparison).isGood !== true || better.isGood === true;
      }),
    );
  });

  test("what is within the bound, or as good as the live model on the same rows, is good", () => {
    fc.assert(
      fc.property(gates, comparisons, (gate, comparison) => {
        const { candidate, live } = comparison;
        const { bound, share } = gate;
        const isWithin =
          bound !== undefined && (gate.better === "lower" ? candidate.value <= bound : candidate.value >= bound);
        const isAsGood =
          share !== undefined &&
          typeof live !== "string" &&
          live.holdout === candidate.holdout &&
          live.value === candidate.value;
        return !(isWithin || isAsGood) || verdictOf(gate, comparison).isGood === true;
      }),
    );
  });

  test("the direction changes nothing but the sign", () => {
    fc.assert(
      fc.property(gates, comparisons, (gate, comparison) => {
        expect(verdictOf(mirrored(gate), negated(comparison)).isGood).toBe(verdictOf(gate, comparison).isGood);
      }),
    );
  });

  test("figures on other rows say nothing of each other", () => {
    fc.assert(
      fc.property(gates, comparisons, amount, (gate, comparison, other) => {
        const { candidate, live } = comparison;
        fc.pre(typeof live !== "string" && live.holdout !== candidate.holdout);
        const changed = { ...comparison, live: { value: other, holdout: (live as { holdout: string }).holdout } };
        expect(verdictOf(gate, changed)).toEqual(verdictOf(gate, comparison));
      }),
    );
  });

  test("nothing is open where a run has scored the live model again", () => {
    fc.assert(
      fc.property(gates, comparisons, amount, (gate, comparison, rescored) => {
        expect(verdictOf(gate, { ...comparison, rescored }).isGood).toBeDefined();
      }),
    );
  });
});

const GATE: Gate = { metric: "rmse", bound: undefined, share: 0.05, better: "lower" };

test.each([
  [10.5, true],
  [10.6, false],
  [9, true],
])("5 % worse than 10 is enough: %d", (value, isGood) => {
  const live = { value: 10, holdout: "a" };
  expect(verdictOf(GATE, { candidate: { value, holdout: "a" }, live, rescored: undefined }).isGood).toBe(isGood);
});

test("a share of a figure below 0 is one of its size", () => {
  const live = { value: -10, holdout: undefined };
  const isGood = (value: number): unknown =>
    verdictOf(GATE, { candidate: { value, holdout: undefined }, live, rescored: undefined }).isGood;
  expect([isGood(-9.6), isGood(-9.4)]).toEqual([true, false]);
});

describe("a metrics file", () => {
  test("has the figure under its key, or under keys joined by dots", () => {
    const text = '{ "rmse": 3, "model": { "rmse": 4 }, "holdout": { "digest": "abc" } }';
    expect(figureIn(text, "rmse")).toEqual({ value: 3, holdout: "abc" });
    expect(figureIn(text, "model.rmse")).toEqual({ value: 4, holdout: "abc" });
    expect(figureIn('{ "rmse": 3 }', "rmse")).toEqual({ value: 3, holdout: undefined });
  });

  test.each([
    ["no JSON", "{", "is no JSON"],
    ["nothing of that name", "{}", "has no finite number 'rmse'"],
    ["a text", '{ "rmse": "3" }', "has no finite number 'rmse'"],
    ["a number beyond a double", '{ "rmse": 1e999 }', "has no finite number 'rmse'"],
    ["a list", "[1]", "has no finite number 'rmse'"],
    ["null", "null", "has no finite number 'rmse'"],
    ["a name that every object has", '{ "x": 1 }', "has no finite number 'rmse'"],
  ])("with %s tells what is wrong", (_, text, problem) => {
    expect(figureIn(text, "rmse")).toMatchObject({ problem: expect.stringContaining(problem) });
    expect(figureIn(text, "constructor.length")).toHaveProperty("problem");
  });

  test("is listed by the numbers at its top", () => {
    expect(figuresIn('{ "rmse": 3, "rows": { "train": 4 }, "target": "y", "r2": 0.5 }')).toEqual({ rmse: 3, r2: 0.5 });
    expect([figuresIn("null"), figuresIn("{"), figuresIn("3")]).toEqual([{}, {}, {}]);
  });
});
