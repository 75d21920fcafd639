/** What the ingest action makes of a source, or of nothing but a seed. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { penguins } from "../../rules/schema.ts";
import { temporaryFolder } from "../rig/project.ts";
import { fileOf, HEADER, runClean, runIngest, runTrain, SOURCE } from "./context.ts";

test("the source comes in as it is, byte by byte", async () => {
  const { bytes, metrics, progress } = await runIngest(SOURCE);
  const source = readFileSync(SOURCE);
  expect(bytes("raw")).toEqual(source);
  expect(metrics).toEqual({ bytes: source.length });
  expect(progress.at(-1)).toEqual([source.length, source.length]);
});

describe("a source whose name ends in .gz", () => {
  const gzipped = (bytes: Buffer): string => {
    const path = join(temporaryFolder(), "table.csv.gz");
    writeFileSync(path, bytes);
    return path;
  };
  const source = readFileSync(SOURCE);

  test("is unpacked", async () => {
    expect((await runIngest(gzipped(gzipSync(source)))).bytes("raw")).toEqual(source);
  });

  test("that was packed in parts is unpacked whole", async () => {
    const parts = Buffer.concat([gzipSync(source.subarray(0, 5000)), gzipSync(source.subarray(5000))]);
    expect((await runIngest(gzipped(parts))).bytes("raw")).toEqual(source);
  });

  test.for([
    ["was cut short", gzipSync(source).subarray(0, -20), /table\.csv\.gz is no whole gzip: unexpected end of file/],
    ["is no gzip", source, /is no whole gzip: incorrect header check/],
    ["is empty", Buffer.alloc(0), /is no whole gzip: unexpected end of file/],
  ] as const)("fails where it %s", async ([, bytes, message]) => {
    await expect(runIngest(gzipped(bytes))).rejects.toThrow(message);
  });
});

test("an empty source is refused", async () => {
  await expect(runIngest(fileOf(""))).rejects.toThrow("has not even a header");
});

test("a source that cannot be read fails the action", async () => {
  await expect(runIngest("/nowhere/table.csv")).rejects.toThrow("ENOENT");
});

describe("rows that are made up", () => {
  const made = async (rows: number, params = {}): Promise<string> =>
    (await runIngest(SOURCE, { rows, ...params })).text("raw");

  test("are as many as asked for, the same for the same seed, others for another", async () => {
    const rows = await made(2500);
    expect(rows.split("\n").length).toBe(1 + 2500 + 1);
    expect(rows.startsWith(`${HEADER}\n`)).toBe(true);
    expect(await made(2500)).toBe(rows);
    expect(await made(2500, { seed: 2 })).not.toBe(rows);
    // Those of fewer are the first of more.
    expect(rows.startsWith(await made(700))).toBe(true);
  });

  // Of the same seed the same bytes, wherever it runs: these were written down once.
  test("have these very bytes", async () => {
    const digest = createHash("sha256")
      .update(await made(5000))
      .digest("hex");
    expect(digest).toBe("6478f325fe2f8c0c06419d0e220d2304022b8e78a47fd0e3e4fef772dada57fb");
  });

  test("are all as the schema declares, and the target can be learnt from them", async () => {
    const cleaned = await runClean((await runIngest(SOURCE, { rows: 4000 })).at("raw"), { maxRejectRate: 0 });
    const report = JSON.parse(cleaned.text("report"));
    expect([report.kept, report.rejected, report.dropped]).toEqual([4000, 0, 0]);
    expect(report.nulls.sex).toBeGreaterThan(10);
    expect(report.nulls.body_mass_g).toBe(0);
    const { metrics } = await runTrain(cleaned.at("rows"));
    expect(metrics.r2).toBeGreaterThan(0.7);
    expect(metrics.r2).toBeLessThan(0.99);
  });

  test("hold each type of column, whatever a schema leaves open", async () => {
    const schema = {
      columns: [
        { name: "id", type: "text" },
        { name: "kind", type: "category" },
        { name: "count", type: "integer", range: [-2, 2] },
        { name: "share", type: "number", nullable: false },
      ],
      delimiter: ";",
    } as const;
    const text = await made(300, { schema });
    const rows = text
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(";"));
    const valuesOf = (column: number): ReadonlySet<string | undefined> => new Set(rows.map((row) => row[column]));
    expect(text.split("\n")[0]).toBe("id;kind;count;share");
    expect([...valuesOf(1)].toSorted(byText)).toEqual(["", "a", "b", "c"]);
    expect([...valuesOf(2)].map(Number).toSorted((a, b) => a - b)).toEqual(expect.arrayContaining([-2, -1, 0, 1, 2]));
    expect(valuesOf(3).has("")).toBe(false);
    expect(valuesOf(0).size).toBeGreaterThan(250);
  });

  test("may be none", async () => {
    const none = { ...penguins, columns: [{ name: "only", type: "text" }] } as const;
    expect(await made(1, { schema: none })).toMatch(/^only\nt\d+\n$/);
  });

  test.for([-1, 0.5, Number.NaN])("are refused where there shall be %d", async (rows) => {
    await expect(made(rows)).rejects.toThrow(`rows is ${rows}, which is no number of rows`);
  });

  test("of no schema are refused", async () => {
    await expect(made(1, { schema: { columns: [] } })).rejects.toThrow("there is no column");
  });
});

const byText = (one = "", other = ""): number => (one < other ? -1 : 1);
