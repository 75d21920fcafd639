/** Rows as reality has them: halves drawn by chance raise no alarm, and halves that differ do. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { RankSearch } from "../../src/model/quantile.ts";
import {
  binOf,
  categoryReference,
  edgeRanks,
  numberReference,
  type FeatureReference,
} from "../../src/model/reference.ts";
import { summingOf, type CategorySummary, type NumberSummary } from "../../src/model/summary.ts";
import { atMost, sourceOf } from "./drawn.ts";
import { isAlarm, ofCategories, ofNumbers, type Test } from "./simulated.ts";

type Row = Readonly<Record<string, string>>;

const root = resolve(import.meta.dirname, "../..");
const rowsOf = (path: string): readonly Row[] => parse(readFileSync(path), { columns: true });
const penguins = rowsOf(join(root, "data/source/penguins.csv"));
const diamonds = rowsOf(createRequire(import.meta.url).resolve("@observablehq/sample-datasets/diamonds.csv"));

const ofPenguins = {
  numbers: ["beak_length_mm", "beak_depth_mm", "flipper_length_mm", "body_mass_g"],
  texts: ["species", "island", "sex"],
};
const ofDiamonds = { numbers: ["carat", "depth", "table", "price", "x"], texts: ["cut", "color", "clarity"] };

interface Columns {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

const cellOf = (text: string | undefined, isNumber: boolean): string | number | null => {
  if (text === undefined || text === "" || text === "NaN") return null;
  return isNumber ? Number(text) : text;
};

function testsOf(columns: Columns, training: readonly Row[], window: readonly Row[]): readonly Test[] {
  const testOf = (name: string, isNumber: boolean): Test => {
    const [seen, came] = [training, window].map((rows) => rows.map((row) => cellOf(row[name], isNumber)));
    const reference = isNumber ? numbersOf(seen as (number | null)[]) : textsOf(seen as (string | null)[]);
    const current = reference.counts.map(() => 0);
    let others = 0;
    for (const cell of came ?? []) {
      const bin = binOf(reference, cell);
      if (typeof bin === "number") current[bin] = (current[bin] ?? 0) + 1;
      else if (bin === "unknown") others += 1;
    }
    return isNumber
      ? ofNumbers({ current, reference: reference.counts })
      : ofCategories({ current: [...current, others], reference: [...reference.counts, 0] });
  };
  return [...columns.numbers.map((name) => testOf(name, true)), ...columns.texts.map((name) => testOf(name, false))];
}

function numbersOf(cells: readonly (number | null)[]): FeatureReference {
  const summing = summingOf({ name: "", type: "number" });
  for (const cell of cells) summing.add(cell);
  const summary = summing.summary as NumberSummary;
  const search = new RankSearch(edgeRanks(summary.known));
  for (; !search.isDone; search.next()) for (const cell of cells) if (cell !== null) search.add(cell);
  return numberReference(summary, search.found);
}

function textsOf(cells: readonly (string | null)[]): FeatureReference {
  const counts: Record<string, number> = {};
  for (const cell of cells) if (cell !== null) counts[cell] = (counts[cell] ?? 0) + 1;
  return categoryReference({ known: 0, missing: 0, counts } as unknown as CategorySummary, Object.keys(counts));
}

const { uniform } = sourceOf(11);

/** So many rows, in a random order. */
function sampleOf(rows: readonly Row[], size: number): readonly Row[] {
  const order = rows.map((_, at) => at);
  for (let at = 0; at < size; at++) {
    const other = at + Math.floor(uniform() * (order.length - at));
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return order.slice(0, size).map((at) => rows[at] as Row);
}

describe("random halves raise an alarm at most as often as the level says", () => {
  test.for([
    ["penguins", ofPenguins, penguins, 344],
    ["2,000 diamonds", ofDiamonds, diamonds, 2000],
  ] as const)("%s", ([, columns, rows, size]) => {
    const halves = Array.from({ length: 150 }, () => {
      const sample = sampleOf(rows, size);
      return testsOf(columns, sample.slice(0, size / 2), sample.slice(size / 2));
    });
    for (const level of [0.01, 0.05]) {
      const alarms = halves.filter((tests) => isAlarm(tests, level)).length;
      expect(alarms, `${alarms} of ${halves.length} at ${level}`).toBeLessThanOrEqual(atMost(halves.length, level));
    }
  });
});

describe("what differs in reality is found each time, at a level of 0.01", () => {
  const isFound = (columns: Columns, training: readonly Row[], window: readonly Row[]) =>
    isAlarm(testsOf(columns, training, window), 0.01);
  const without = ({ numbers }: Columns): Columns => ({ numbers, texts: [] });

  test("one island against the others, by the numbers alone", () => {
    for (const island of ["Biscoe", "Dream", "Torgersen"]) {
      const [here, elsewhere] = [
        penguins.filter((row) => row["island"] === island),
        penguins.filter((row) => row["island"] !== island),
      ];
      expect(isFound(without(ofPenguins), elsewhere, here), island).toBe(true);
    }
  });

  test("a species that is missing, and by the numbers alone where that species is apart", () => {
    for (const species of ["Adelie", "Chinstrap", "Gentoo"]) {
      const halves = Array.from({ length: 20 }, () => {
        const sample = sampleOf(penguins, 344);
        return [sample.slice(0, 172), sample.slice(172).filter((row) => row["species"] !== species)] as const;
      });
      const foundIn = (columns: Columns) =>
        halves.filter(([training, window]) => isFound(columns, training, window)).length;
      expect(foundIn(ofPenguins), species).toBe(20);
      // A fifth of the rows, which lie between the other species: their numbers alone do not tell.
      if (species !== "Chinstrap") expect(foundIn(without(ofPenguins)), species).toBe(20);
    }
  });

  test("expensive diamonds against cheap ones, and one cut against all, 1,000 rows each", () => {
    const dear = diamonds.filter((row) => Number(row["price"]) > 5000);
    const cheap = diamonds.filter((row) => Number(row["price"]) <= 5000);
    const good = diamonds.filter((row) => row["cut"] === "Good");
    const withoutCut = { numbers: ofDiamonds.numbers, texts: ["color", "clarity"] };
    for (let time = 0; time < 10; time++) {
      expect(
        isFound({ numbers: ["depth", "table", "carat"], texts: [] }, sampleOf(cheap, 1000), sampleOf(dear, 1000)),
      ).toBe(true);
      expect(isFound(withoutCut, sampleOf(diamonds, 1000), sampleOf(good, 1000))).toBe(true);
    }
  });
});
