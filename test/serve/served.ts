/** Models to serve, made up. */

import { createHash } from "node:crypto";
import type { Served, ServedPrediction, ServedSchema } from "../../src/serve/served.ts";
import { predict, type LinearModel } from "../../src/model/index.ts";
import { birds } from "../rig/model.ts";

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

const rows = [
  [40, "MALE"],
  [50, "FEMALE"],
] as const;

/** A model of two inputs that comes to its golden rows. */
export const golden = (changed: Partial<LinearModel> = {}): LinearModel => {
  const model: LinearModel = { ...birds, targetRange: [1_000, 2_000], ...changed };
  return { ...model, golden: changed.golden ?? rows.map((row) => ({ row, prediction: predict(model, row) })) };
};

const SCHEMA: ServedSchema = {
  inputs: [
    { name: "a", type: "number", isNullable: false },
    { name: "kind", type: "category", categories: ["x", "y"], isNullable: true },
  ],
  output: { name: "b", type: "number", range: [0, 10] },
};

/** A model of one line of arithmetic. */
export const served = (
  predictOne: (a: number) => ServedPrediction = (a) => a + 1,
  changed: Partial<Served> = {},
): Served => ({
  digest: "ab".repeat(32),
  kind: "test",
  schema: SCHEMA,
  golden: [1, 2].map((a) => ({ row: [a, "x"], prediction: a + 1 })),
  metrics: {},
  predict: (given) => given.map(([a]) => predictOne(Number(a))),
  ...changed,
});
