/** The types of the Pipefile contract: what must compile, and what must not, on the line that is wrong. */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { checkedRules } from "../../src/core/declaration.ts";
import accepted from "../types/accepted.ts";
import { diagnosticsOf, filesBelow, root, textOf, type Diagnostic } from "./checkout.ts";

const rejected = filesBelow("test/types/rejected");

test("a Pipefile that says all that can be said compiles", () => {
  expect(diagnosticsIn(["test/types/accepted.ts"])).toEqual([]);
});

test("and the engine accepts it", () => {
  expect(checkedRules(accepted).map((rule) => rule.name)).toEqual(Object.keys(accepted.rules));
});

describe("the compiler refuses, on the line that is wrong,", () => {
  let found: readonly Diagnostic[];
  beforeAll(() => {
    found = diagnosticsIn(rejected);
  });

  test.for(rejected.map((file) => basename(file, ".ts")))("%s", (name) => {
    const { line, message } = expectedIn(`test/types/rejected/${name}.ts`);
    const inFile = found.filter(({ file }) => basename(file) === `${name}.ts`);
    expect(inFile.map((diagnostic) => diagnostic.line)).toEqual([line]);
    expect(inFile[0]?.message).toContain(message);
  });
});

function diagnosticsIn(files: readonly string[]): readonly Diagnostic[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "pipe-types-")));
  try {
    return diagnosticsOf(
      folder,
      files.map((file) => join(root, file)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The line that is marked, and what the compiler must say of it. */
function expectedIn(file: string): { readonly line: number; readonly message: string } {
  const lines = textOf(file).split("\n");
  const at = lines.findIndex((line) => line.includes("// error: "));
  return { line: at + 1, message: lines[at]?.split("// error: ")[1] ?? "no line is marked" };
}
