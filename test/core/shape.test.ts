/** What the compiler would have refused is told as clearly without it. */

import { expect, test } from "vitest";
import { checkedRules } from "../../src/core/declaration.ts";
import { pipeline, rule } from "../../src/core/rule.ts";

const check = (fields: object, options: object = {}) => {
  const declared = { inputs: {}, outputs: { out: "out" }, run: "true", ...fields };
  return () => checkedRules(pipeline({ r: rule(declared as never) }, options));
};

test.each([
  [{ env: "LOCALE" }],
  [{ env: [5] }],
  [{ passEnv: 5 }],
  [{ tools: ["python3 --version"] }],
  [{ tools: { python: 3 } }],
  [{ params: [1] }],
  [{ params: "x" }],
  [{ inputs: null }],
  [{ inputs: ["x"] }],
  [{ outputs: "out" }],
  [{ resources: 5 }],
  [{ resources: { cpus: 2 } }],
  [{ description: 5 }],
  [{ cache: "no" }],
])("a rule with %j is told what it is not", (fields) => {
  const [name] = Object.keys(fields);
  expect(check(fields)).toThrow(new RegExp(`^rule 'r' has the field '${name}', which is n`));
});

test.each([
  [{ default: "r" }],
  [{ default: [5] }],
  [{ passEnv: "X" }],
  [{ strict: "yes" }],
  [{ pools: { network: "2" } }],
  [{ pools: { network: Number.NaN } }],
  [{ pools: { network: -1 } }],
  [{ pools: { cpu: 1 } }],
  [{ cache: "10GB" }],
  [{ cache: false }],
  [{ cache: { limit: "10 GB" } }],
  [{ cache: { limit: "0GB" } }],
  [{ cache: { limit: 10 } }],
  [{ cache: { folder: "" } }],
  [{ cache: { folders: "x" } }],
])("a pipeline with %j is told what it is not", (options) => {
  expect(check({}, options)).toThrow(expect.objectContaining({ code: "bad-option" }));
});

test("what is left away is of any shape", () => {
  expect(check({ env: undefined, tools: undefined }, { pools: undefined })).not.toThrow();
  expect(check({}, { cache: { folder: undefined, limit: "1.5GB" } })).not.toThrow();
});
