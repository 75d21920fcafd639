/** What is said of a deployment, in words. */

import { expect, test } from "vitest";
import { deedText } from "../../src/ui/deployed.ts";

const [digest, from] = ["a".repeat(64), "b".repeat(64)];

test.for([
  ["swap", "live      aaaaaaaaaaaa took the place of bbbbbbbbbbbb"],
  ["pass", "passed    aaaaaaaaaaaa passed its probation"],
  ["withdraw", undefined],
  ["refuse", undefined],
] as const)("a service that has done %s says: %s", ([deed, text]) => {
  expect(deedText({ deed, digest, from })).toBe(text);
});
