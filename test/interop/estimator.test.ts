/** What scikit-learn fitted and pickled predicts here what it predicts there: on real rows, each kind, each protocol. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { predictRows, probabilitiesOf, readEstimator, transformRows } from "pipefile/model";
import { temporaryFolder } from "../rig/project.ts";

type Table = readonly (number | string | readonly number[])[];

interface Told {
  readonly kind: string;
  readonly rows: readonly (readonly number[])[];
  readonly predictions: Table | null;
  readonly probabilities: Table | null;
  readonly transformed: Table | null;
  /** By the way in which it was pickled. */
  readonly files: Readonly<Record<string, string>>;
}

const WITHIN = 1e-9;

/** The largest difference, in units of the larger of 1 and the number itself. */
function differenceOf(ours: Table, theirs: Table): number {
  const [a, b] = [ours, theirs].map((table) => table.flat());
  if (a?.length !== b?.length || a === undefined) return Number.POSITIVE_INFINITY;
  return a.reduce<number>((most, value, at) => {
    const other = b?.[at];
    if (typeof value === "string" || typeof other === "string")
      return value === other ? most : Number.POSITIVE_INFINITY;
    return Math.max(most, Math.abs(value - (other ?? Number.NaN)) / Math.max(1, Math.abs(value)));
  }, 0);
}

test("every kind, pickled in every way, predicts what scikit-learn does", () => {
  const folder = temporaryFolder();
  const source = resolve(import.meta.dirname, "../../data/source/penguins.csv");
  const args = [join(import.meta.dirname, "estimators.py"), source, folder];
  const { error, status, stdout, stderr } = spawnSync("python3", args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (error !== undefined) throw new Error(`python3 does not run: ${error.message}`);
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  const told = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Told);
  const wrong: string[] = [];
  let compared = 0;
  for (const { kind, rows, files, predictions, probabilities, transformed } of told)
    for (const [way, file] of Object.entries(files)) {
      const estimator = readEstimator(readFileSync(file));
      const pairs: readonly (readonly [string, Table, Table | null])[] = [
        ["predictions", predictions === null ? [] : predictRows(estimator, rows), predictions],
        ["probabilities", probabilities === null ? [] : probabilitiesOf(estimator, rows), probabilities],
        ["rows", transformed === null ? [] : transformRows(estimator, rows), transformed],
      ];
      for (const [what, ours, theirs] of pairs) {
        if (theirs === null) continue;
        compared += 1;
        const difference = differenceOf(ours, theirs);
        if (!(difference <= WITHIN)) wrong.push(`${kind}, ${way}: ${what} differ by ${difference}`);
      }
    }
  expect(wrong).toEqual([]);
  // Of 31 kinds each in 8 ways, with probabilities for those that have them.
  expect([told.length, compared]).toEqual([31, 31 * 8 + 8 * 8]);
}, 240_000);
