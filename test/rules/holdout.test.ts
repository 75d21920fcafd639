/** The name that rows held out go by. */

import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Row } from "pipefile/model";
import { HoldoutDigest } from "../../rules/holdout.ts";

function digestOf(rows: readonly (readonly [row: Row, target: number])[], names = ["x", "y"]): string {
  const digest = new HoldoutDigest(names);
  for (const [row, target] of rows) digest.add({ row, target, isHeldOut: true });
  return digest.digest;
}

test("it is the SHA-256 of the names and the rows, each a line of JSON", () => {
  const lines = '["colour","x","y"]\n["röd",null,1.5]\n[null,1e+21,-2]\n';
  const rows = [
    [["röd", null], 1.5],
    [[null, 1e21], -2],
  ] as const;
  expect(digestOf(rows, ["colour", "x", "y"])).toBe(createHash("sha256").update(lines).digest("hex"));
});

test("rows of any number are taken in, and each of them counts, as does their order", () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => [[at / 3], at] as const);
  const lines = rows.map(([row, target]) => JSON.stringify([...row, target]));
  const whole = createHash("sha256")
    .update(['["x","y"]', ...lines, ""].join("\n"))
    .digest("hex");
  expect(digestOf(rows)).toBe(whole);
  expect(digestOf(rows.slice(1))).not.toBe(whole);
  expect(digestOf(rows.toReversed())).not.toBe(whole);
});
