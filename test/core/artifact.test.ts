/** Artifact paths: one spelling each, none outside of the project. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { artifactPath, directoriesAbove, fileNameOf, isOwnFile } from "../../src/core/artifact.ts";

describe("a declared path", () => {
  test.each([
    ["a.csv", "a.csv"],
    ["./a.csv", "a.csv"],
    ["data//raw/./x.csv", "data/raw/x.csv"],
    ["data/raw/../x.csv", "data/x.csv"],
    ["data/", "data/"],
    ["./data/.", "data/"],
    [".hidden/x", ".hidden/x"],
    ["a b/ü$(x).csv", "a b/ü$(x).csv"],
    ["-x.csv", "-x.csv"],
  ])("%j is spelt %j", (text, spelt) => {
    expect(artifactPath(text, "rule r")).toBe(spelt);
  });

  test.each(["", ".", "./", "..", "../x", "a/../../x", "/etc/passwd", "a\0b"])(
    "%j is refused, with who declares it",
    (text) => {
      expect(() => artifactPath(text, "rule r, 'raw'")).toThrow(expect.objectContaining({ code: "bad-path" }));
      expect(() => artifactPath(text, "rule r, 'raw'")).toThrow("rule r, 'raw'");
    },
  );

  test("has one spelling: spelling it again changes nothing", () => {
    const segment = fc.constantFrom("a", "b.csv", ".", "", ".x", "ü");
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
        const spelt = (): string => artifactPath(`x/${segments.join("/")}`, "rule r");
        expect(artifactPath(spelt(), "rule r")).toBe(spelt());
      }),
    );
  });
});

test("the directories above a path come nearest first", () => {
  expect(directoriesAbove("a/b/c.csv")).toEqual(["a/b/", "a/"]);
  expect(directoriesAbove("a/b/")).toEqual(["a/"]);
  expect(directoriesAbove("a.csv")).toEqual([]);
});

test("what pipe writes itself is known by its path", () => {
  for (const path of [".pipe", ".pipe/x", "logs/", "logs/a.log", "reports/builds.jsonl"])
    expect(isOwnFile(path)).toBe(true);
  for (const path of ["reports/a.json", "reports/x/a.jsonl", "data/logs/x", "logsx", ".pipeline"])
    expect(isOwnFile(path)).toBe(false);
});

test("two steps never share a file name, and no name is too long for a file", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      fc.pre(a !== b);
      const [first, second] = [`rule:x=${a}`, `rule:x=${b}`].map(fileNameOf);
      expect(first).not.toBe(second);
      expect(first).toMatch(/^[^/\0]{1,200}$/);
    }),
  );
});
