/** Whatever the shape that rows come in, the model gets the same; whatever else comes, its sender is told. */

import * as fc from "fast-check";
import { predict, readCell, CellError, type Cell, type Feature, type Row } from "pipefile/model";
import { stringify } from "csv-stringify/sync";
import { expect, test } from "vitest";
import { csvRows } from "../../src/serve/csv.ts";
import { invokedRows } from "../../src/serve/invocations.ts";
import { Problem } from "../../src/serve/problem.ts";
import { columnRows, readingOf, type Reading } from "../../src/serve/rows.ts";
import { givenRows } from "../../src/serve/shape.ts";
import { tensorRows } from "../../src/serve/tensor.ts";
import { textCells } from "../../src/serve/cells.ts";
import { schemaOf } from "../rig/front.ts";
import { models } from "../rig/model.ts";

const MOST = 50;
const GREATEST = 1e100;
const finite = fc.double({ min: -GREATEST, max: GREATEST, noNaN: true });

const cellOf = (feature: Feature): fc.Arbitrary<Cell> => {
  const value =
    feature.type === "category"
      ? fc.constantFrom(...feature.categories)
      : feature.type === "integer"
        ? fc.maxSafeInteger()
        : finite;
  return feature.fill === null ? value : fc.option<Cell>(value);
};

interface Drawn {
  readonly features: readonly Feature[];
  readonly reading: Reading;
  readonly rows: readonly Row[];
  /** As the model is to get them. */
  readonly expected: readonly Row[];
  /** The order in which the columns are sent. */
  readonly order: readonly number[];
}

const drawn: fc.Arbitrary<Drawn> = models
  .filter(({ features }) => features.length > 0)
  .chain(({ features }) =>
    fc.record({
      features: fc.constant(features),
      rows: fc.array(fc.tuple(...features.map(cellOf)), { minLength: 1, maxLength: 4 }),
      order: fc.shuffledSubarray([...features.keys()], { minLength: features.length }),
    }),
  )
  .map(({ features, rows, order }) => ({
    features,
    rows,
    order,
    reading: readingOf(schemaOf(features)),
    expected: rows.map((row) => row.map((cell) => (typeof cell === "number" ? cell + 0 : cell))),
  }));

/** With a column that the model does not have, at its front. */
const recordsOf = ({ features, rows, order }: Drawn): readonly object[] =>
  rows.map((row, index) =>
    Object.fromEntries([["an extra one", index], ...order.map((at) => [features[at]?.name, row[at]])]),
  );
const tableOf = ({ features, rows, order }: Drawn): object => ({
  columns: ["an extra one", ...order.map((at) => features[at]?.name)],
  data: rows.map((row, index) => [index, ...order.map((at) => row[at])]),
});
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("rows of any shape, with their columns in any order and others between them, reach the model as they are", () => {
  fc.assert(
    fc.property(drawn, (each) => {
      const { reading, expected, features, rows, order } = each;
      const lists = order.map((at) => [features[at]?.name ?? "", rows.map((row) => row[at])] as const);
      const tensors = lists.map(([name, data], index) => {
        const isText = features[order[index] ?? 0]?.type === "category";
        return { name, shape: [data.length], datatype: isText ? "BYTES" : "FP64", data };
      });
      const shapes: readonly (readonly Row[])[] = [
        givenRows(reading, sent(recordsOf(each)), MOST).rows,
        givenRows(reading, sent(tableOf(each)), MOST).rows,
        givenRows(reading, sent(recordsOf(each)[0]), MOST).rows,
        invokedRows(reading, sent({ dataframe_split: tableOf(each) }), MOST),
        invokedRows(reading, sent({ inputs: Object.fromEntries(lists) }), MOST),
        invokedRows(reading, sent({ inputs: rows }), MOST),
        columnRows(reading, new Map(lists), MOST),
        tensorRows(reading, sent(tensors), MOST),
      ];
      for (const [at, found] of shapes.entries()) expect(found).toEqual(at === 2 ? expected.slice(0, 1) : expected);
    }),
  );
});

test("the text of a CSV is read as training reads it", () => {
  fc.assert(
    fc.property(drawn, (each) => {
      const { reading, features, order } = each;
      const { columns, data } = tableOf(each) as { columns: readonly string[]; data: readonly (readonly Cell[])[] };
      const text = stringify([[...columns], ...data.map((row) => row.map((cell) => (cell === null ? "" : cell)))], {
        record_delimiter: "windows",
        quoted: true,
      });
      const read = (): readonly Row[] =>
        data.map((row) => {
          const cells: Cell[] = [];
          for (const [place, at] of order.entries())
            cells[at] = trained(features[at] as Feature, row[place + 1] ?? null);
          return cells;
        });
      const expected = attempt(read);
      const found = attempt(() => csvRows(reading, text, MOST));
      if (expected === undefined) expect(found).toBeUndefined();
      else expect(found).toEqual(expected);
    }),
  );
});

/** What training makes of the text of a cell. */
function trained(feature: Feature, cell: Cell): Cell {
  const { name, type, fill } = feature;
  const column = { name, nullable: fill !== null };
  const typed = type === "category" ? { ...column, type, categories: feature.categories } : { ...column, type };
  return readCell(cell === null ? "" : String(cell), typed, { columns: [] });
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Problem || error instanceof CellError) return undefined;
    throw error;
  }
}

test("whatever the JSON, the rows are read or a problem of the sender's is told in few words", () => {
  const names = ["a", "b", "__proto__", "columns", "data", "inputs", "instances", "dataframe_split", "name", "shape"];
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(drawn, json, ({ reading }, value) => {
      for (const read of [
        () => givenRows(reading, value, MOST),
        () => invokedRows(reading, value, MOST),
        () => invokedRows(reading, { inputs: value }, MOST),
        () => invokedRows(reading, { dataframe_split: value }, MOST),
        () => tensorRows(reading, value, MOST),
      ])
        expectProblem(read);
    }),
  );
});

test("whatever the text, a CSV is read or a problem of the sender's is told in few words", () => {
  const line = fc
    .array(fc.constantFrom('"', ",", "\n", "\r\n", "a", "1", "é", " ", "\uFEFF", "\0"))
    .map((all) => all.join(""));
  fc.assert(
    fc.property(drawn, fc.oneof(line, fc.string({ unit: "binary" })), ({ reading }, text) => {
      expectProblem(() => csvRows(reading, text, MOST));
      const header = reading.inputs.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(",");
      expectProblem(() => csvRows(reading, `${header}\n${text}`, MOST));
    }),
  );
});

function expectProblem(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect([400, 413, 415]).toContain((error as Problem).status);
    expect((error as Problem).message.length).toBeLessThan(300);
  }
}

test("what has no minus zero in training has none here", () => {
  const reading = readingOf({
    inputs: [{ name: "a", type: "number", isNullable: false }],
    output: { name: "y", type: "number" },
  });
  const { rows } = givenRows(reading, JSON.parse('[{"a": -0}]'), MOST);
  expect(Object.is(rows[0]?.[0], 0)).toBe(true);
  expect(textCells({ name: "a", type: "number", isNullable: false })("-0")).toBe(0);
});

test("what the model predicts for the rows of a request is what it predicts for those of the table", () => {
  fc.assert(
    fc.property(models, fc.nat(), (model, seed) => {
      const reading = readingOf(schemaOf(model.features));
      fc.pre(model.features.length > 0 && model.golden.length > 0);
      const { row, prediction } = model.golden[seed % model.golden.length] as { row: Row; prediction: number };
      const isWhole = model.features.every(({ type }, at) => type !== "integer" || Number.isInteger(row[at] ?? 0));
      fc.pre(isWhole && row.every((cell) => typeof cell !== "number" || Math.abs(cell) <= GREATEST));
      const record = Object.fromEntries(model.features.map(({ name }, at) => [name, row[at]]));
      const { rows } = givenRows(reading, sent(record), MOST);
      expect(predict(model, rows[0] ?? [])).toBe(prediction);
    }),
  );
});
