/** Wildcards in paths: what they match, what fills them, and what is no pattern. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern, fillPattern, wildcardNames } from "../../src/core/pattern.ts";

test("a wildcard stands for one or more characters, but for no slash", () => {
  const pattern = compilePattern("data/{table}.csv");
  expect(pattern.match("data/a.b.csv")).toEqual({ table: "a.b" });
  expect(pattern.match("data/.csv")).toBeUndefined();
  expect(pattern.match("data/a/b.csv")).toBeUndefined();
  expect(pattern.match("data/aXcsv")).toBeUndefined();
});

test("a regular expression narrows a wildcard, braces of its own included", () => {
  const pattern = compilePattern("{year:\\d{4}}/{name:[a-z/]+}.csv");
  expect(pattern.match("2024/a/b.csv")).toEqual({ year: "2024", name: "a/b" });
  expect(pattern.match("24/a.csv")).toBeUndefined();
});

test("a name that stands twice has one value", () => {
  const pattern = compilePattern("{x}/{x}.csv");
  expect(pattern.match("a/a.csv")).toEqual({ x: "a" });
  expect(pattern.match("a/b.csv")).toBeUndefined();
  expect(wildcardNames("{x}/{x}-{y:\\d+}.csv")).toEqual(["x", "y"]);
});

test.each(["a{b.csv", "a}b.csv", "{}.csv", "{1x}.csv", "{x:[}.csv", "*.{csv,tsv}"])("%j is no pattern", (text) => {
  expect(() => compilePattern(text)).toThrow(expect.objectContaining({ code: "bad-pattern" }));
});

test("a wildcard without a value is an error that names it", () => {
  expect(() => fillPattern("{a}/{b}.csv", { a: "x" })).toThrow("{b}");
  expect(() => fillPattern("{a}.csv", { a: "" })).toThrow("{a}");
});

test("whatever fills a pattern is what it matches", () => {
  const value = fc.stringMatching(/^[^/\n\r\u2028\u2029]+$/u).filter((text) => !/\p{Surrogate}/u.test(text));
  fc.assert(
    fc.property(value, (table) => {
      expect(compilePattern("data/{table}/x.csv").match(fillPattern("data/{table}/x.csv", { table }))).toEqual({
        table,
      });
    }),
  );
});
