/** docs/errors.md and the source: neither knows a code that the other does not. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NOTICE_CODES } from "../../src/monitor/notice.ts";
import { filesBelow, root, textOf } from "./checkout.ts";
import { sectionOf, tableOf } from "./markdown.ts";

const docs = textOf("docs/errors.md");
const source = filesBelow("src")
  .map((file) => readFileSync(join(root, file), "utf8"))
  .join("\n");

test("every error is documented, and no other", () => {
  const documented = [...docs.matchAll(/^### `(.*?)`$/gm)].map(([, code = ""]) => code);
  expect(documented.toSorted()).toEqual(codesIn(/new PipeError\(/g));
});

test("every warning is documented, and no other", () => {
  const emitted = codesIn(/type: "warning"/g);
  // Errors that are warnings unless the Pipefile is strict.
  const lenient = [...source.matchAll(/hint = "" } = (\w+)\(/g)].map(([, maker = ""]) => codeOf(maker));
  expect(tableOf(sectionOf(docs, "Warnings")).map(([code]) => code)).toEqual(
    [...emitted, ...lenient].toSorted().map((code) => `\`${code}\``),
  );
});

test("every kind of failure is documented, and no other", () => {
  const made = source.matchAll(/\bkind: "([a-z-]+)",\s*(?:message|\.\.\.missing)|\b(?:fail|problemOf)\("([a-z-]+)"/g);
  const [, union = ""] = /export type FailureKind = (.*);/.exec(source) ?? [];
  const kinds = [...[...made].map(([, a, b]) => a ?? b), ...[...union.matchAll(/"(.*?)"/g)].map(([, kind]) => kind)];
  const found = [...new Set(kinds)].map((kind) => `\`${kind}\``);
  expect(
    tableOf(sectionOf(docs, "Why a step fails"))
      .map(([kind = ""]) => kind)
      .toSorted(),
  ).toEqual(found.toSorted());
});

test("every reason not to serve a model is documented, and no other", () => {
  const [, union = ""] = /export type RefusalCode =([^;]*);/.exec(source) ?? [];
  // That of a model which was in service is told among the alerts.
  const reasons = [...union.matchAll(/"([a-z-]+)"/g)]
    .map(([, code = ""]) => code)
    .filter((code) => code !== "probation");
  expect(codesOf("Why a model is not served")).toEqual(reasons);
});

test("every other alert is documented, and no other", () => {
  const raised = [...source.matchAll(/level: "\w+",\s*code: "([a-z-]+)"/g)].map(([, code = ""]) => code);
  expect(codesOf("Other alerts").toSorted()).toEqual([...new Set([...raised, ...NOTICE_CODES])].toSorted());
});

const codesOf = (heading: string): readonly string[] =>
  tableOf(sectionOf(docs, heading)).map(([code = ""]) => code.replaceAll("`", ""));

function codesIn(before: RegExp): readonly string[] {
  const found = [...source.matchAll(before)].flatMap((match) => {
    const rest = source.slice(match.index, match.index + 600);
    return rest.match(/code: "([a-z-]+)"/)?.[1] ?? [];
  });
  return [...new Set(found)].toSorted();
}

function codeOf(maker: string): string {
  return new RegExp(`export const ${maker} = [\\s\\S]*?code: "([a-z-]+)"`).exec(source)?.[1] ?? `no code in ${maker}`;
}
