import * as fc from "fast-check";
import { expect, test } from "vitest";
import { shown } from "../../src/core/shown.ts";

const circle: { self?: unknown } = {};
circle.self = circle;

test.each([
  ["text", "text"],
  [1.5, "1.5"],
  [undefined, "undefined"],
  [null, "null"],
  [Symbol("a"), "Symbol(a)"],
  [10n, "10"],
  [{ toString: "" }, '{"toString":""}'],
  [Object.create(null), "{}"],
  [[1, { a: 2 }], '[1,{"a":2}]'],
  [() => 1, "a function"],
  [{ toJSON: () => undefined }, "an object"],
  [circle, "an object"],
])("%#", (value, text) => {
  expect(shown(value)).toBe(text);
});

test("whatever is given, a message can show it", () => {
  fc.assert(
    fc.property(
      fc.anything({ withNullPrototype: true, withBigInt: true }),
      (value) => typeof shown(value) === "string",
    ),
  );
});
