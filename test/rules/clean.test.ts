/** What the clean action keeps, drops, counts and refuses. */

import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { penguins } from "../../rules/schema.ts";
import { temporaryFolder } from "../rig/project.ts";
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
    rejected: 0,
    nulls: {
      species: 0,
      island: 0,
      beak_length_mm: 2,
      beak_depth_mm: 2,
      flipper_length_mm: 2,
      body_mass_g: 2,
      sex: 11,
    },
    columns: expect.objectContaining({
      sex: { type: "category", known: 333, missing: 9, counts: { FEMALE: 165, MALE: 168 } },
      body_mass_g: {
        type: "number",
        known: 342,
        missing: 0,
        least: 2700,
        greatest: 6300,
        mean: expect.closeTo(4201.754, 3),
        deviation: expect.closeTo(800.781, 3),
      },
    }),
  });
  expect(metrics).toEqual({ kept: 342, dropped: 2, rejected: 0 });
  expect(log[0]).toContain(report.schema.slice(0, 12));
  expect(log[1]).toContain("sex 11");
  expect(text("rows").split("\n").length).toBe(1 + 342 + 1);
  expect(JSON.parse(text("schema"))).toEqual({ columns: penguins.columns });
  expect(text("rejects")).toBe("line,problem,record\n");
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
  await expect(runClean(rows)).rejects.toThrow("the column sex lacks 25 % of its values");
  await expect(runClean(rows, { maxNullRate: 0.07 })).rejects.toThrow("more than maxNullRate allows (7 %)");
  await expect(runClean(rows, { maxNullRate: 0.25 })).resolves.toBeDefined();
});

describe("a row that is wrong is set aside and counted:", () => {
  test.for([
    ["a word for a number", ADELIE.replace("18.7", "deep"), "column beak_depth_mm: 'deep' is no number"],
    ["an infinite number", ADELIE.replace("3750", "1e999"), "column body_mass_g: '1e999' is no number"],
    ["a hexadecimal number", ADELIE.replace("181", "0xb5"), "column flipper_length_mm: '0xb5' is no number"],
    [
      "a number out of range",
      ADELIE.replace("181", "18.1"),
      "column flipper_length_mm: 18.1 is not between 100 and 300",
    ],
    [
      "an unknown category",
      ADELIE.replace("Adelie", "Emperor"),
      "column species: 'Emperor' is none of Adelie, Chinstrap, Gentoo",
    ],
    ["a value too few", "Adelie,Torgersen", "it has 2 values where the header has 7"],
    ["a value too many", `${ADELIE},?`, "it has 8 values where the header has 7"],
  ] as const)("%s", async ([, row, problem]) => {
    const { text, metrics } = await runClean(table(ADELIE, row, ADELIE), { maxRejectRate: 0.5 });
    expect(text("rows")).toBe(`${HEADER}\n${ADELIE}\n${ADELIE}\n`);
    expect(parse(text("rejects"))).toEqual([
      ["line", "problem", "record"],
      ["3", problem, row],
    ]);
    expect(metrics).toEqual({ kept: 2, dropped: 0, rejected: 1 });
    expect(JSON.parse(text("report"))).toMatchObject({ rows: 3, kept: 2, rejected: 1 });
  });

  test("after values with line ends of their own, by the line it begins on", async () => {
    const rows = table(ADELIE.replace("Adelie", '"Adelie\n"'), "", ADELIE.replace("181", '"lo""ng,\r\n"'));
    const { text } = await runClean(rows, { maxRejectRate: 0.5 });
    expect(parse(text("rejects")).slice(1)).toEqual([
      ["5", `column flipper_length_mm: 'lo"ng,' is no number`, ADELIE.replace("181", '"lo""ng,\r\n"')],
    ]);
  });

  test("up to a share of the rows; beyond it the first are named", async () => {
    const bad = many(4).map((row, at) => row.replace("18.7", `bad${at}`));
    await expect(runClean(table(...many(6), ...bad), { maxRejectRate: 0.4 })).resolves.toBeDefined();
    await expect(runClean(table(...many(6), ...bad), { maxRejectRate: 0.39 })).rejects.toThrow(
      /: 4 of 10 rows are wrong, more than maxRejectRate allows \(39 %\); the first: line 8: column beak_depth_mm: 'bad0' is no number; line 9: [^;]*; line 10: [^;]*$/,
    );
  });

  test("in the log too, which stays when the step fails: the first of them", async () => {
    const bad = many(30).map((row) => row.replace("18.7", "deep"));
    const { log } = await runClean(table(ADELIE, ...bad), { maxRejectRate: 1 });
    const told = log.filter((line) => line.includes("is rejected"));
    expect(told.length).toBe(20);
    expect(told[0]).toBe("line 3 is rejected: column beak_depth_mm: 'deep' is no number");
  });

  test("a missing value that may not be", async () => {
    const columns = penguins.columns.map((column) => (column.name === "sex" ? { ...column, nullable: false } : column));
    const { text } = await runClean(table(...many(3), ADELIE.replace("MALE", "")), {
      schema: { ...penguins, columns },
      maxRejectRate: 0.25,
    });
    expect(parse(text("rejects"))[1]).toEqual([
      "5",
      "column sex: is missing, and may not be",
      ADELIE.replace("MALE", ""),
    ]);
  });
});

describe("however the table is written, the rows are the same:", () => {
  const plain = `${HEADER}\n${ADELIE}\n${ADELIE.replace("39.1", "40")}\n`;
  const shuffled = (line: string): string => line.split(",").toReversed().join(",");
  test.for([
    ["a byte order mark", `\uFEFF${plain}`],
    ["line ends of Windows", plain.replaceAll("\n", "\r\n")],
    ["line ends of an old Macintosh", plain.replaceAll("\n", "\r")],
    ["line ends of both kinds", plain.replace("\n", "\r\n")],
    ["both kinds, the other way round", `${plain.trimEnd()}\r\n`],
    ["no last line end", plain.trimEnd()],
    ["blank lines", plain.replaceAll("\n", "\n\n")],
    ["quotes", plain.replaceAll(/[^,\n]+/g, '"$&"')],
    ["spaces around values", plain.replaceAll(",", " , ")],
    ["another order of columns", plain.trimEnd().split("\n").map(shuffled).join("\n")],
  ])("%s", async ([, text]) => {
    expect((await runClean(fileOf(text ?? ""))).text("rows")).toBe(plain);
  });

  test("another delimiter", async () => {
    const schema = { ...penguins, delimiter: ";" };
    expect((await runClean(fileOf(plain.replaceAll(",", ";")), { schema })).text("rows")).toBe(plain);
  });

  test("in more than what is read at once", async () => {
    const rows = many(5000);
    const text = [HEADER, ...rows].join("\r\n");
    expect((await runClean(fileOf(`\uFEFF${text}`))).text("rows")).toBe(`${[HEADER, ...rows].join("\n")}\n`);
  });
});

test("a text that most rows lack is no fault of theirs", async () => {
  const schema = { columns: [...penguins.columns, { name: "note", type: "text" }] } as const;
  const rows = fileOf(`${[`${HEADER},note`, ...many(9).map((row) => `${row},`), `${ADELIE},seen`].join("\n")}\n`);
  expect((await runClean(rows, { schema })).metrics).toMatchObject({ kept: 10, rejected: 0 });
});

test("a text column keeps its quotes, delimiters and line ends", async () => {
  const schema = {
    columns: [
      { name: "id", type: "number" },
      { name: "note", type: "text" },
    ],
  } as const;
  const text = 'id,note\n1,"x,y"\n2,"say ""hi""\nthere"\n';
  const { text: textOf } = await runClean(fileOf(text), { schema });
  expect(textOf("rows")).toBe(text);
  expect(JSON.parse(textOf("report")).columns.note).toMatchObject({ known: 2, missing: 0 });
});

describe("a table that cannot be read is refused by line:", () => {
  test("a quote that never ends", async () => {
    await expect(runClean(table(ADELIE, '"Adelie'))).rejects.toThrow(/line 3: .*quote.* line 3/i);
  });

  test("a line without end, in bounded memory", async () => {
    const path = join(temporaryFolder(), "long.csv");
    const file = openSync(path, "w");
    writeSync(file, `${HEADER}\n${ADELIE}\n"`);
    // A gigabyte of zeros that takes no room on the disk.
    ftruncateSync(file, 2 ** 30);
    closeSync(file);
    const before = process.resourceUsage().maxRSS;
    await expect(runClean(path)).rejects.toThrow("line 3: a row is longer than 1 MB; a quote may stand there");
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(200_000);
  });

  test("what is no UTF-8, as a row that is wrong", async () => {
    const path = fileOf("");
    writeFileSync(path, Buffer.from(`${HEADER}\n${ADELIE}\n${ADELIE.replace("Adelie", "Ad\xe9lie")}\n`, "latin1"));
    await expect(runClean(path)).rejects.toThrow("line 3: column species: 'Ad\uFFFDlie' is no text in UTF-8");
  });
});

describe("a header is refused that", () => {
  test.for([
    ["lacks a column", HEADER.replace(",sex", ""), "line 1: it lacks sex"],
    ["has one too many", `${HEADER},year`, "line 1: it has year, which the schema does not"],
    ["is no UTF-8", HEADER.replace("sex", "s\uFFFDx"), "line 1: the column 's\uFFFDx' is no text in UTF-8"],
    ["has one twice", `${HEADER},sex`, "line 1: the column 'sex' stands there twice"],
    ["is no header, but the first row", ADELIE, "line 1: it lacks species, island"],
  ] as const)("%s", async ([, header, message]) => {
    await expect(runClean(fileOf(`${header}\n${ADELIE}\n`))).rejects.toThrow(message);
  });
});

test("what is no schema is refused before a row is read", async () => {
  const schema = { columns: [{ name: "a", type: "date" }] } as unknown as typeof penguins;
  await expect(runClean("/nowhere/table.csv", { schema })).rejects.toThrow("the schema is wrong at columns.0.type");
});

test("a table of which no row is of use is a header alone", async () => {
  const rows = await runClean(table("Adelie,Torgersen,,,,,"), { maxNullRate: 1 });
  expect(rows.text("rows")).toBe(`${HEADER}\n`);
});

test("a table that is quite empty is refused", async () => {
  await expect(runClean(fileOf(""))).rejects.toThrow("has not even a header");
});
