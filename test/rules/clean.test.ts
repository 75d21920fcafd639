/** What the clean action keeps, drops, counts and refuses. */

import { describe, expect, test } from "vitest";
import { fileOf, HEADER, runClean, SOURCE } from "./context.ts";

const ADELIE = "Adelie,Torgersen,39.1,18.7,181,3750,MALE";
const table = (...rows: readonly string[]): string => fileOf(`${[HEADER, ...rows].join("\n")}\n`);
const many = (count: number): readonly string[] => Array.from({ length: count }, () => ADELIE);

test("the real penguins: two birds without a mass are dropped, and a stray point is a missing sex", async () => {
  const { text, log, metrics } = await runClean(SOURCE);
  const report = JSON.parse(text("report"));
  expect(report).toEqual({
    schema: expect.stringMatching(/^[0-9a-f]{64}$/),
    rows: 344,
    kept: 342,
    dropped: 2,
    nulls: {
      species: 0,
      island: 0,
      beak_length_mm: 2,
      beak_depth_mm: 2,
      flipper_length_mm: 2,
      body_mass_g: 2,
      sex: 11,
    },
  });
  expect(metrics).toEqual({ rows: 342, dropped: 2 });
  expect(log[0]).toContain(report.schema.slice(0, 12));
  expect(log[1]).toContain("sex 11");
  expect(text("rows").split("\n").length).toBe(1 + 342 + 1);
});

test("a missing value that may be kept is written as nothing, however the source wrote it", async () => {
  const rows = table(
    ...many(20),
    ADELIE.replace("MALE", "."),
    ADELIE.replace("MALE", "NA"),
    ADELIE.replace("39.1", ""),
  );
  const lines = (await runClean(rows)).text("rows").trimEnd().split("\n");
  expect(lines.slice(-3)).toEqual([
    "Adelie,Torgersen,39.1,18.7,181,3750,",
    "Adelie,Torgersen,39.1,18.7,181,3750,",
    "Adelie,Torgersen,,18.7,181,3750,MALE",
  ]);
});

test("numbers are written in one way", async () => {
  const rows = table(" Adelie ,Torgersen,39.10,1.87e1,+181,3750.0,MALE");
  expect((await runClean(rows)).text("rows")).toBe(`${HEADER}\n${ADELIE}\n`);
});

test("its own output comes out as it went in", async () => {
  const once = await runClean(SOURCE);
  expect((await runClean(once.at("rows"))).text("rows")).toBe(once.text("rows"));
});

test("a column that lacks too many values is refused by name", async () => {
  const rows = table(...many(3), ADELIE.replace("MALE", ""));
  await expect(runClean(rows)).rejects.toThrow("the column sex lacks 25.0 % of its values");
  await expect(runClean(rows, { maxNullRate: 0.07 })).rejects.toThrow("more than maxNullRate allows (7.0 %)");
  await expect(runClean(rows, { maxNullRate: 0.25 })).resolves.toBeDefined();
});

describe("a bad row is named by line and column:", () => {
  test.for([
    ["a word for a number", ADELIE.replace("18.7", "deep"), "line 3, column beak_depth_mm: 'deep' is no number"],
    ["an infinite number", ADELIE.replace("3750", "1e999"), "line 3, column body_mass_g: '1e999' is no number"],
    ["a hexadecimal number", ADELIE.replace("181", "0xb5"), "line 3, column flipper_length_mm: '0xb5' is no number"],
    ["an unknown category", ADELIE.replace("Adelie", "Emperor"), "line 3, column species: 'Emperor' is none of Adelie"],
    ["a value too few", "Adelie,Torgersen", "line 3: it has 2 values where the header has 7"],
    ["a value too many", `${ADELIE},?`, "line 3: it has 8 values where the header has 7"],
  ] as const)("%s", async ([, row, message]) => {
    await expect(runClean(table(ADELIE, row, ADELIE))).rejects.toThrow(message);
  });

  test("a row after values with line ends of their own", async () => {
    const rows = table(ADELIE.replace("Adelie", '"Adelie\n"'), ADELIE.replace("181", "long"));
    await expect(runClean(rows)).rejects.toThrow("line 4, column flipper_length_mm: 'long' is no number");
  });

  test("a quote that never ends", async () => {
    await expect(runClean(table(ADELIE, '"Adelie'))).rejects.toThrow(/at line 3/);
  });
});

describe("a header is refused that", () => {
  test.for([
    ["lacks a column", HEADER.replace(",sex", ""), "line 1: it lacks sex"],
    ["has one too many", `${HEADER},year`, "line 1: it has year, which the schema does not"],
    ["has one twice", `${HEADER},sex`, "line 1: the column 'sex' stands there twice"],
    ["is no header, but the first row", ADELIE, "line 1: it lacks species, island"],
    ["is in another order", HEADER.split(",").toReversed().join(), "line 1: its order is not the schema's"],
  ] as const)("%s", async ([, header, message]) => {
    await expect(runClean(fileOf(`${header}\n${ADELIE}\n`))).rejects.toThrow(message);
  });
});

test("a table of which no row is of use is a header alone", async () => {
  const rows = await runClean(table("Adelie,Torgersen,,,,,"), { maxNullRate: 1 });
  expect(rows.text("rows")).toBe(`${HEADER}\n`);
});

test("a table that is quite empty is refused", async () => {
  await expect(runClean(fileOf(""))).rejects.toThrow("has not even a header");
});
