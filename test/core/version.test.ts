/** Which earlier version a person means by a build, a time or a digest. */

import { describe, expect, test } from "vitest";
import { changesAmong, timeOf, versionsAt, versionsText, type Version } from "../../src/core/version.ts";

const versionOf = (time: string, content: string): Version => ({
  build: `${time.replaceAll(/\D/g, "")}00-aaaa`,
  atMs: Date.parse(`${time}:30Z`),
  outputs: [
    { path: "model.bin", digest: content.repeat(64).slice(0, 64) },
    { path: "parts/", digest: `tree-${content.repeat(64).slice(0, 63)}f` },
  ],
});

const [first, second, third, fourth] = [
  versionOf("2026-11-20T10:00", "1a"),
  versionOf("2026-11-21T10:00", "2b"),
  versionOf("2026-11-21T12:00", "2b"),
  versionOf("2026-11-22T10:00", "1a"),
];
const VERSIONS = [fourth, third, second, first];

describe("--at", () => {
  test.each([
    ["a build", "20261121100000-aaaa", [second]],
    ["a build in which the step was fresh", "20261121110000-bbbb", [second]],
    ["a build before the first version", "20261119000000-bbbb", []],
    ["a day: its end", "2026-11-21", [third]],
    ["a minute: its end", "2026-11-21T10:00", [second]],
    ["a second", "2026-11-21T10:00:29", [first]],
    ["a second of the version's own", "2026-11-21T10:00:30Z", [second]],
    ["a time with a zone", "2026-11-22T11:00+01:00", [fourth]],
    ["a time with a space", "2026-11-21 10:00", [second]],
    ["a time before the first version", "2026-11-19", []],
    ["a digest: the newest with that content", "2b2b", [third]],
    ["a directory's digest", "tree-1a1a1a", [fourth]],
    ["a directory's digest without its kind", "1a1a1a1a", [fourth]],
    ["too short a digest", "2b2", []],
    ["another digest", "abcd", []],
    ["a day that there is not", "2026-13-45", []],
    ["a word", "latest", []],
  ])("takes %s", (_, at, expected) => {
    expect(versionsAt(VERSIONS, at)).toEqual(expected);
  });

  test("takes a digest of several versions for each of them", () => {
    const shared = { path: "parts/", digest: "tree-cccc" };
    const both = VERSIONS.map((version) => ({ ...version, outputs: [version.outputs[0] ?? shared, shared] }));
    expect(versionsAt(both, "cccc").map(({ build }) => build)).toEqual([both[0]?.build, both[1]?.build]);
  });
});

test("only changes of content are told, as of the build that brought them", () => {
  expect(changesAmong(VERSIONS)).toEqual([fourth, second, first]);
});

test("a time is the end of the unit that it names", () => {
  expect(timeOf("2026-11-22")).toBe(Date.UTC(2026, 10, 23));
  expect(timeOf("2026-11-22T10:00")).toBe(Date.UTC(2026, 10, 22, 10, 1));
  expect(timeOf("2026-11-22T10:00:07-02:00")).toBe(Date.UTC(2026, 10, 22, 12, 0, 8));
  expect(timeOf("20261122")).toBeUndefined();
});

test("a version is a line for each output", () => {
  expect(versionsText([first], () => ", stands there now")).toBe(
    [
      "  2026-11-20T10:00:30Z  20261120100000-aaaa  1a1a1a1a  model.bin, stands there now",
      "                                             1a1a1a1a  parts/",
    ].join("\n"),
  );
});
