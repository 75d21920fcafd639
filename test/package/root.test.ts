/** The top level of the repository is small and fixed: a newcomer sees it whole. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

const pipeline = ["Pipefile.ts", "rules", "data", "model", "reports", "logs"];
const tool = ["README.md", "package.json", "tsconfig.json", "src", "test", "docs", "bench", "scripts", ".ci"];
const papers = ["LICENSE", "CHANGELOG.md", "THIRD-PARTY-NOTICES", "package-lock.json"];
const configs = [".gitignore", ".npmrc", ".oxfmtrc.json", ".oxlintrc.json", "knip.json", "vitest.config.ts"];
const optional = ["app.env.example", ".gitattributes", ".editorconfig"];

test("the root holds what the layout names, and nothing else", () => {
  const entries = new Set(tracked().map((path) => path.split("/")[0] ?? ""));
  for (const entry of optional) entries.delete(entry);
  expect([...entries].toSorted()).toEqual([...pipeline, ...tool, ...papers, ...configs].toSorted());
});

test("folders of built artifacts are there and empty, but for the data that the pipeline starts from", () => {
  const kept = tracked().filter((path) => /^(data|model|reports|logs)\//.test(path));
  expect(kept.filter((path) => !path.startsWith("data/source/") && !/\/\.git(keep|ignore)$/.test(path))).toEqual([]);
});

test("every dependency is pinned, and the lockfile names no host", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const versions: Readonly<Record<string, string>> = { ...manifest.dependencies, ...manifest.devDependencies };
  const loose = Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
  expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toContain('"resolved"');
});

// An edited checkout counts too: what is not ignored is about to be committed.
function tracked(): readonly string[] {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  return execFileSync("git", list, { cwd: root, encoding: "utf8" }).trim().split("\n");
}
