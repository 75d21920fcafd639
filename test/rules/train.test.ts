/** What the train action learns from the penguins, and what it refuses. */

import { readdirSync } from "node:fs";
import { MultivariateLinearRegression } from "ml-regression";
import { describe, expect, test } from "vitest";
import {
  binOf,
  encodedNames,
  encodeRow,
  isHeldOut,
  predict,
  readModel,
  type LinearModel,
  type Schema,
} from "pipefile/model";
import { penguins } from "../../rules/schema.ts";
import { kindOf } from "../../src/run/kind.ts";
import { fileOf, HEADER, runClean, runTrain, SOURCE, TRAIN_PARAMS } from "./context.ts";

const cleanRows = async (): Promise<string> => (await runClean(SOURCE)).text("rows");
const modelOf = async (rows: string, schema: Schema = penguins, params = {}): Promise<LinearModel> =>
  readModel((await runTrain(fileOf(rows), params, schema)).text("model"));
/** Penguins of any size. */
const UNBOUNDED: Schema = {
  columns: penguins.columns.map((column) =>
    column.type === "number" ? { name: column.name, type: "number", nulls: column.nulls ?? "mean" } : column,
  ),
};

describe("on the real penguins", () => {
  test("a quarter is held out, and the model is far better than the mean on it", async () => {
    const { text, metrics } = await runTrain(fileOf(await cleanRows()));
    const report = JSON.parse(text("metrics"));
    expect(report.rows).toEqual({ train: 258, test: 84 });
    expect(report.rmse).toBeCloseTo(291.2302, 3);
    expect(report.mae).toBeCloseTo(237.1152, 3);
    expect(report.r2).toBeCloseTo(0.87229, 5);
    expect(report.baseline.rmse).toBeCloseTo(816.1562, 3);
    // The baseline guesses the training mean, which is just off the mean of the rows it is measured on.
    expect(report.baseline.r2).toBeGreaterThan(-0.05);
    expect(report.baseline.r2).toBeLessThanOrEqual(0);
    // On the rows that it was fitted to a model is a little better than on others, and no more than a little.
    expect(report.training.rmse).toBeCloseTo(285.9883, 3);
    expect(report.mape).toBeCloseTo(0.06055, 4);
    const [baseline_rmse, training_rmse] = [report.baseline.rmse, report.training.rmse];
    const { rmse, mae, r2, mape } = report;
    expect(metrics).toEqual({ rmse, mae, r2, mape, baseline_rmse, training_rmse });
  });

  test.for([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("whatever rows are held out, by seed %d", async (seed) => {
    const { text } = await runTrain(fileOf(await cleanRows()), { seed });
    const report = JSON.parse(text("metrics"));
    expect(report.r2).toBeGreaterThan(0.75);
    expect(report.rmse).toBeLessThan(0.5 * report.baseline.rmse);
  });

  test("the coefficients say what is known of penguins, though species and island overlap", async () => {
    const model = await modelOf(await cleanRows());
    expect(model.coefficients.every((coefficient) => Math.abs(coefficient) < 2_000)).toBe(true);
    const bird = ["Adelie", "Torgersen", 39.1, 18.7, 181] as const;
    const [male, female] = [predict(model, [...bird, "MALE"]), predict(model, [...bird, "FEMALE"])];
    expect(male - female).toBeGreaterThan(250);
    expect(male).toBeGreaterThan(3_000);
    expect(male).toBeLessThan(4_500);
  });

  test("the same rows and seed give the same bytes, another seed others", async () => {
    const rows = await cleanRows();
    const [once, again, other] = [
      await runTrain(fileOf(rows)),
      await runTrain(fileOf(rows)),
      await runTrain(fileOf(rows), { seed: 8 }),
    ];
    for (const output of ["model", "metrics", "evaluation"]) expect(again.bytes(output)).toEqual(once.bytes(output));
    expect(other.bytes("model")).not.toEqual(once.bytes("model"));
  });
});

describe("however the rows come in batches", () => {
  test.for([1, 7, 100, 257, 258, 1_000_000])("of %d, the model is the same to the bit", async (batchRows) => {
    const rows = fileOf(await cleanRows());
    const [whole, inBatches] = [await runTrain(rows), await runTrain(rows, { batchRows })];
    for (const output of ["model", "metrics", "evaluation"])
      expect(inBatches.bytes(output)).toEqual(whole.bytes(output));
  });

  test("each is taken in before the next is read", async () => {
    const { progress } = await runTrain(fileOf(await cleanRows()), { batchRows: 100 });
    expect(progress).toEqual([
      [100, 258],
      [200, 258],
      [258, 258],
    ]);
  });
});

test("the model is the one that all rows at once give", async () => {
  const rows = await cleanRows();
  const model = await modelOf(rows);
  const { x, y } = trainingRows(rows, model);
  const { weights } = new MultivariateLinearRegression(x, y, { statistics: false });
  [...model.coefficients, model.intercept].forEach((found, at) => {
    const [expected = Number.NaN] = weights[at] ?? [];
    expect(Math.abs(found / expected - 1)).toBeLessThan(1e-9);
  });
});

test("the unit of a column changes no prediction", async () => {
  const rows = await cleanRows();
  const inUnit = (unit: number): string =>
    rows.replace(/^(\w+,\w+,)([\d.]+)/gm, (_, before: string, length: string) => `${before}${Number(length) * unit}`);
  const [plain, ...others] = await Promise.all([1, 1e-12, 1e12].map((unit) => modelOf(inUnit(unit), UNBOUNDED)));
  for (const other of others) expect(other.metrics.model.rmse).toBeCloseTo(plain?.metrics.model.rmse ?? 0, 6);
});

test("a constant column gets the coefficient 0, whatever its value", async () => {
  const rows = (await cleanRows()).replace(/^([A-Z]\w+,[A-Z]\w+,)[\d.]*/gm, "$12026.1");
  expect(rows).toContain("Adelie,Torgersen,2026.1,");
  const model = await modelOf(rows, UNBOUNDED);
  const at = encodedNames(model.features).indexOf("beak_length_mm");
  expect(model.coefficients[at]).toBe(0);
  expect(model.leftOut).toEqual({ beak_length_mm: "constant" });
  expect(model.inference.standardErrors[at]).toBeNull();
  expect(model.metrics.model.r2).toBeGreaterThan(0.85);
});

test("an offset that a column has, such as a year's, changes no prediction", async () => {
  const rows = await cleanRows();
  const shifted = rows.replace(
    /^(\w+,\w+,)([\d.]+)/gm,
    (_, before: string, length: string) => `${before}${Number(length) + 1e5}`,
  );
  expect(shifted).not.toBe(rows);
  const [plain, offset] = [await runTrain(fileOf(rows)), await runTrain(fileOf(shifted), {}, UNBOUNDED)];
  const rmseOf = (run: typeof plain): number => JSON.parse(run.text("metrics")).rmse;
  expect(rmseOf(offset)).toBeCloseTo(rmseOf(plain), 4);
});

test("all that is learnt comes from the training rows alone", async () => {
  const rows = await cleanRows();
  const learnt = async (table: string): Promise<unknown> => {
    const { features, coefficients, intercept } = await modelOf(table, UNBOUNDED);
    return { features, coefficients, intercept };
  };
  const indexes = [...rows.trimEnd().split("\n").slice(1).keys()];
  const ofSplit = { seed: TRAIN_PARAMS.seed, fraction: TRAIN_PARAMS.holdout };
  const heldOut = indexes.find((at) => isHeldOut(at, ofSplit)) ?? -1;
  const training = indexes.find((at) => !isHeldOut(at, ofSplit)) ?? -1;
  expect(await learnt(withHeavyBird(rows, heldOut))).toEqual(await learnt(rows));
  expect(await learnt(withHeavyBird(rows, training))).not.toEqual(await learnt(rows));
});

test("columns that say the same still give a finite and right model", async () => {
  // Each number column is a multiple of one, and species decides island: only the sum of their parts is determined.
  const species = ["Adelie", "Chinstrap", "Gentoo"];
  const islands = ["Biscoe", "Dream", "Torgersen"];
  const made = Array.from({ length: 120 }, (_, at) => {
    const length = 30 + ((at * 37) % 50) / 2;
    const kind = at % 3;
    return [
      species[kind],
      islands[kind],
      length,
      2 * length,
      4 * length,
      1_000 + 50 * length + 200 * kind,
      "MALE",
    ].join();
  });
  const { text, log } = await runTrain(fileOf(`${[HEADER, ...made].join("\n")}\n`), {}, UNBOUNDED);
  const model = readModel(text("model"));
  expect(predict(model, ["Gentoo", "Torgersen", 40, 80, 160, "MALE"])).toBeCloseTo(1_000 + 2_000 + 400, 3);
  expect(model.metrics.model.r2).toBeGreaterThan(0.999_999);
  const [constant, collinear] = ["constant", "collinear"];
  expect(model.leftOut).toEqual({
    "island=Dream": collinear,
    "island=Torgersen": collinear,
    beak_depth_mm: collinear,
    flipper_length_mm: collinear,
    "sex=MALE": constant,
  });
  expect(log).toContain("beak_depth_mm is left out: the numbers before it say the same");
  expect(log).toContain("sex=MALE is left out: it is the same in all training rows");
});

test("a text column teaches nothing, whatever is in it", async () => {
  const rows = await cleanRows();
  const [header = "", ...lines] = rows.trimEnd().split("\n");
  const named = [`${header},id`, ...lines.map((line, at) => `${line},bird ${at}`)].join("\n");
  const schema: Schema = { columns: [...penguins.columns, { name: "id", type: "text" }] };
  expect(await modelOf(named, schema)).toEqual(await modelOf(rows));
});

test("a category that only rows held out have, or none, counts for nothing", async () => {
  const rows = await cleanRows();
  const ofSplit = { seed: TRAIN_PARAMS.seed, fraction: TRAIN_PARAMS.holdout };
  const lines = rows.trimEnd().split("\n");
  const rare = lines.map((line, at) => (at > 0 && isHeldOut(at - 1, ofSplit) ? line.replace(/,\w+$/, ",RARE") : line));
  const free = { name: "sex", type: "category" } as const;
  const declared = { ...free, categories: ["FEMALE", "MALE", "NEVER", "RARE"] };
  const withSex = (sex: Schema["columns"][number]): Schema => ({ columns: [...penguins.columns.slice(0, -1), sex] });
  expect((await modelOf(rare.join("\n"), withSex(free))).leftOut).toEqual({ "sex=RARE": "constant" });
  expect((await modelOf(rare.join("\n"), withSex(declared))).leftOut).toEqual({
    "sex=NEVER": "constant",
    "sex=RARE": "constant",
  });
});

test("a missing value is filled in as its column says, with what the training rows hold", async () => {
  const { features } = await modelOf(await cleanRows());
  const fills = Object.fromEntries(features.map(({ name, imputation, fill }) => [name, [imputation, fill]]));
  const training = trainingCells(await cleanRows());
  const known = (column: number): number[] =>
    training.flatMap((row) => (row[column] === "" ? [] : [Number(row[column])]));
  const sorted = known(4).toSorted((one, other) => one - other);
  const [below = 0, above = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  expect(fills).toEqual({
    species: ["none", null],
    island: ["none", null],
    beak_length_mm: ["mean", expect.closeTo(known(2).reduce((sum, value) => sum + value, 0) / known(2).length, 9)],
    beak_depth_mm: ["mean", expect.closeTo(known(3).reduce((sum, value) => sum + value, 0) / known(3).length, 9)],
    flipper_length_mm: ["median", (below + above) / 2],
    sex: ["mode", expect.stringMatching(/^(FE)?MALE$/)],
  });
});

test("a ridge gives another model, and its size is in it", async () => {
  const rows = await cleanRows();
  const [plain, ridge] = [await modelOf(rows), await modelOf(rows, penguins, { ridge: 50 })];
  expect([plain.ridge, ridge.ridge]).toEqual([0, 50]);
  expect(ridge.inference.residualError).toBeGreaterThan(plain.inference.residualError ?? 0);
  expect(ridge.metrics.model.r2).toBeGreaterThan(0.8);
});

test("what it put aside is gone in the end, whether it succeeds or fails", async () => {
  const rows = fileOf(await cleanRows());
  const { scratch } = await runTrain(rows);
  expect(readdirSync(scratch)).toEqual([]);
  const failed = await runTrain(rows, { holdout: 0 }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ message: expect.stringContaining("leaves 342 rows") });
});

describe("beside the fit the model holds", () => {
  const parsed = (rows: string) =>
    trainingCells(rows).map((row) =>
      row.map((text) => (text === "" ? null : /[a-z]/i.test(text) ? text : Number(text))),
    );

  test("the range of the target in the training rows", async () => {
    const rows = await cleanRows();
    const targets = parsed(rows).map((row) => Number(row[5]));
    expect((await modelOf(rows)).targetRange).toEqual([Math.min(...targets), Math.max(...targets)]);
  });

  test("a reference of each feature, which the training rows fill as it says", async () => {
    const rows = await cleanRows();
    const { features, reference } = await modelOf(rows);
    const training = parsed(rows).map((row) => row.toSpliced(5, 1));
    expect(reference.features.map(({ type }) => type)).toEqual(
      "category category number number number category".split(" "),
    );
    reference.features.forEach((seen, at) => {
      const bins = training.map((row) => binOf(seen, row[at] ?? null));
      expect(seen.counts).toEqual(seen.counts.map((_, bin) => bins.filter((each) => each === bin).length));
      expect([seen.rows, seen.missing]).toEqual([258, bins.filter((bin) => bin === "missing").length]);
      const feature = features[at];
      if (seen.type === "number" && feature?.type === "number") {
        expect([seen.least, seen.greatest]).toEqual(feature.range);
        expect(seen.counts.length).toBe(10);
      }
    });
    expect(reference.features.some(({ missing }) => missing > 0)).toBe(true);
  });

  test("a reference of its own predictions for the training rows", async () => {
    const rows = await cleanRows();
    const model = await modelOf(rows);
    const predictions = parsed(rows).map((row) => predict(model, row.toSpliced(5, 1)));
    const { prediction } = model.reference;
    const bins = predictions.map((each) => binOf(prediction, each));
    expect(prediction.counts).toEqual(prediction.counts.map((_, bin) => bins.filter((each) => each === bin).length));
    expect(prediction.edges.every((edge) => predictions.includes(edge))).toBe(true);
    expect([prediction.least, prediction.greatest]).toEqual([Math.min(...predictions), Math.max(...predictions)]);
  });

  test("golden rows: five evenly from the first to the last, and the first that lacks a value", async () => {
    const rows = await cleanRows();
    const model = await modelOf(rows);
    const training = parsed(rows).map((row) => row.toSpliced(5, 1));
    const gap = training.findIndex((row) => row.includes(null));
    const places = [0, 64, 128, 192, 257, gap].toSorted((one, other) => one - other);
    expect(gap).toBeGreaterThan(0);
    expect(model.golden.map(({ row }) => row)).toEqual(places.map((at) => training[at]));
    for (const { row, prediction } of model.golden) expect(predict(model, row)).toBe(prediction);
  });

  test("a digest of the rows held out, which another model of the same rows has too", async () => {
    const rows = await cleanRows();
    const [plain, ridge] = [await modelOf(rows), await runTrain(fileOf(rows), { ridge: 50 })];
    expect(plain.holdout).toEqual({ share: 0.25, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(readModel(ridge.text("model")).holdout).toEqual(plain.holdout);
    expect(JSON.parse(ridge.text("metrics")).holdout).toEqual(plain.holdout);
  });

  test("another digest where a row held out has another value, and the same where one of training has", async () => {
    const rows = await cleanRows();
    const digestOf = async (table: string): Promise<string> => (await modelOf(table, UNBOUNDED)).holdout.digest;
    const ofSplit = { seed: TRAIN_PARAMS.seed, fraction: TRAIN_PARAMS.holdout };
    const indexes = [...rows.trimEnd().split("\n").slice(1).keys()];
    const [heldOut, training] = [true, false].map((is) => indexes.find((at) => isHeldOut(at, ofSplit) === is) ?? -1);
    expect(await digestOf(withHeavyBird(rows, heldOut ?? -1))).not.toBe(await digestOf(rows));
    expect(await digestOf(withHeavyBird(rows, training ?? -1))).toBe(await digestOf(rows));
  });
});

test("of more columns than are searched at once, each has its own reference", async () => {
  const names = Array.from({ length: 40 }, (_, at) => `x${at}`);
  const lines = Array.from({ length: 30 }, (_, row) => names.map((_, at) => ((row * 7 + at) % 31) * (at + 1)).join());
  const schema: Schema = { columns: names.map((name) => ({ name, type: "number", nulls: "median" })) };
  const params = { target: "x39", ridge: 1 };
  const model = await modelOf(`${names.join()}\n${lines.join("\n")}\n`, schema, params);
  const training = lines.filter((_, at) => !isHeldOut(at, { seed: TRAIN_PARAMS.seed, fraction: TRAIN_PARAMS.holdout }));
  model.reference.features.forEach((seen, at) => {
    const bins = training.map((line) => binOf(seen, Number(line.split(",")[at])));
    expect(seen.counts).toEqual(seen.counts.map((_, bin) => bins.filter((each) => each === bin).length));
    expect(seen.counts.length).toBe(10);
  });
});

describe("it refuses", () => {
  test.for([
    ["a target that the schema does not know", { target: "wingspan" }, "the target 'wingspan' is no number column"],
    ["a target that is a category", { target: "sex" }, "the target 'sex' is no number column"],
    ["a hold-out of nothing", { holdout: 0 }, "leaves 342 rows to train on and 0 to measure on"],
    ["a hold-out of everything", { holdout: 1 }, "leaves 0 rows to train on and 342 to measure on"],
    ["a seed that is no whole number", { seed: 1.5 }, "the seed 1.5 is no whole number"],
    ["a hold-out of more than everything", { holdout: 1.5 }, "the hold-out 1.5 is no share from 0 to 1"],
    ["a negative ridge", { ridge: -1 }, "ridge is -1, which is no penalty"],
    ["batches of nothing", { batchRows: 0 }, "batchRows is 0, which is no number of rows"],
    ["batches of half a row", { batchRows: 0.5 }, "batchRows is 0.5, which is no number of rows"],
  ] as const)("%s", async ([, params, message]) => {
    await expect(runTrain(fileOf(await cleanRows()), params)).rejects.toThrow(message);
  });

  test.for([
    ["a column that is not there", "species,islands", "Adelie,Dream", "line 1: it lacks island"],
    ["a bad value", "species,island", "Adelie,Atlantis", "line 2, column island: 'Atlantis' is none of Biscoe"],
  ] as const)("%s in its table, by line", async ([, columns, values, message]) => {
    const rows = `${HEADER.replace("species,island", columns)}\n${values},39.1,18.7,181,3750,MALE\n`;
    await expect(runTrain(fileOf(rows))).rejects.toThrow(message);
  });

  test("rows without a finite solution, as a failure of the kind 'fit'", async () => {
    const rows = (await cleanRows()).replaceAll(",3750,", ",1e308,").replaceAll(",3800,", ",-1e308,");
    const thrown: unknown = await runTrain(fileOf(rows), {}, UNBOUNDED).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ message: "the regression has no finite solution for these rows" });
    expect(kindOf(thrown)).toBe("fit");
  });

  test("a table that cannot be read, as a failure of the action", async () => {
    await expect(runTrain("/nowhere/table.csv")).rejects.toThrow("ENOENT");
  });
});

/** The training rows of the table as the model encodes them, and their targets. */
function trainingRows(rows: string, { features }: LinearModel): { readonly x: number[][]; readonly y: number[][] } {
  const cells = trainingCells(rows).map((row) => row.map((text) => (text === "" ? null : text)));
  const typed = cells.map((row) => row.map((cell) => (cell === null || /[a-z]/i.test(cell) ? cell : Number(cell))));
  return {
    x: typed.map((row) => [...encodeRow(features, row.toSpliced(5, 1))]),
    y: typed.map((row) => [row[5] as number]),
  };
}

/** The table with other measures for one bird, counted from 0. */
function withHeavyBird(rows: string, index: number): string {
  const lines = rows.split("\n");
  lines[index + 1] = "Adelie,Torgersen,99,99,999,9999,MALE";
  return lines.join("\n");
}

function trainingCells(rows: string): readonly (readonly string[])[] {
  const ofSplit = { seed: TRAIN_PARAMS.seed, fraction: TRAIN_PARAMS.holdout };
  const lines = rows.trimEnd().split("\n").slice(1);
  return lines.filter((_, at) => !isHeldOut(at, ofSplit)).map((line) => line.split(","));
}
