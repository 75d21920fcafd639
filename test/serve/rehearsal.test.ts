/** A model is tried before it is put in service. */

import { describe, expect, test } from "vitest";
import { rehearse } from "../../src/serve/rehearsal.ts";
import type { InputColumn, OutputColumn, Served } from "../../src/serve/served.ts";
import { served } from "./served.ts";

const outcome = async (candidate: Served, live?: Served): Promise<string | undefined> => {
  const refusal = await rehearse(candidate, live);
  return refusal && `${refusal.code}: ${refusal.message}`;
};
const { schema } = served();
const [first, second] = schema.inputs as [InputColumn, InputColumn];
const withInputs = (...inputs: readonly InputColumn[]): Served =>
  served(undefined, { golden: [], schema: { ...schema, inputs } });
const withOutput = (output: OutputColumn): Served => served(undefined, { golden: [], schema: { ...schema, output } });

describe("its golden rows", () => {
  test("a model that comes to them is fit for service", async () => {
    expect(await outcome(served())).toBeUndefined();
    expect(await outcome(served(), served())).toBeUndefined();
  });

  test.each([
    ["another number", (a: number) => a + 1.001, /golden-row: golden row 1 gives 2.001, and gave 2/],
    ["no number", () => Number.NaN, /golden-row: its golden rows: it gives null for row 1/],
    ["a text", () => "2", /golden-row: its golden rows: it gives "2" for row 1/],
  ])("%s keeps it out", async (_, predictOne, words) => {
    expect(await outcome(served(predictOne))).toMatch(words);
  });

  test("what a processor rounds otherwise does not", async () => {
    expect(await outcome(served((a) => (a + 1) * (1 + 1e-12)))).toBeUndefined();
  });

  test("a model that fails is kept out with its own words", async () => {
    const failing = served(() => {
      throw new Error("no such column");
    });
    expect(await outcome(failing)).toBe("golden-row: its golden rows: no such column");
  });

  test("so is one that answers too little", async () => {
    expect(await outcome(served(undefined, { predict: () => [] }))).toMatch(/gives 0 predictions for 2 rows/);
  });
});

describe("the golden rows of the model before", () => {
  test("far outside of what training saw keeps it out", async () => {
    const grams = served((a) => 1_000 * (a + 1), { golden: [] });
    expect(await outcome(grams, served())).toMatch(
      /out-of-range: golden row 1 of abababababab gives 2000, far outside/,
    );
  });

  test("so does what is far outside of what the training of the model before saw", async () => {
    const grams = served((a) => 1_000 * (a + 1), {
      golden: [],
      schema: { ...schema, output: { name: "b", type: "number", range: [0, 10_000] } },
    });
    expect(await outcome(grams, served())).toMatch(/out-of-range/);
  });

  test("half of the range beyond its ends is let pass", async () => {
    expect(
      await outcome(
        served((a) => a + 13, { golden: [] }),
        served(),
      ),
    ).toBeUndefined();
    expect(
      await outcome(
        served((a) => a + 13.1, { golden: [] }),
        served(),
      ),
    ).toMatch(/out-of-range/);
  });

  test("are given in the order of its own inputs", async () => {
    const turned = served(undefined, {
      golden: [],
      schema: { ...schema, inputs: [second, first] },
      predict: (rows) => rows.map(([, a]) => Number(a) + 1),
    });
    expect(await outcome(turned, served())).toBeUndefined();
  });
});

describe("what clients send", () => {
  test.each([
    [
      "an input that is new",
      [first, second, { name: "c", type: "number", isNullable: true }],
      /needs c, which no client/,
    ],
    ["another type", [{ ...first, type: "integer" }, second], /a is of the type integer, and was number/],
    ["a value that may not be missing any more", [first, { ...second, isNullable: false }], /kind may not be missing/],
    ["a category that is gone", [first, { ...second, categories: ["x"] }], /kind no longer has the category y/],
  ] as const)("%s keeps it out", async (_, inputs, words) => {
    expect(await outcome(withInputs(...(inputs as readonly InputColumn[])), served())).toMatch(words);
  });

  test.each([
    ["fewer inputs", [first]],
    ["another category", [first, { ...second, categories: ["x", "y", "z"] }]],
    ["a value that may be missing now", [{ ...first, isNullable: true }, second]],
  ] as const)("%s do not", async (_, inputs) => {
    expect(await outcome(withInputs(...(inputs as readonly InputColumn[])), served())).toBeUndefined();
  });

  test.each([
    ["another target", { name: "c", type: "number" }],
    ["labels for numbers", { name: "b", type: "text" }],
    ["lists for numbers", { name: "b", type: "number", length: 2 }],
  ] as const)("%s keeps it out", async (_, output) => {
    expect(await outcome(withOutput(output), served())).toMatch(/schema-changed: it predicts/);
  });
});
