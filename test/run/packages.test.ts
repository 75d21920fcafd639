/** What identifies the packages that an action uses. */

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { identityOfPackages } from "../../src/run/packages.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pipe-packages-"));
});

function install(folder: string, manifest: object): string {
  const file = join(root, "node_modules", folder, "package.json");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(manifest));
  return join(dirname(file), "index.js");
}

test("a package counts with all that it depends on, each where Node would find it", () => {
  install("leaf", { name: "leaf", version: "1.0.0" });
  install("user/node_modules/leaf", { name: "leaf", version: "2.0.0" });
  const user = install("user", { name: "user", version: "3.0.0", dependencies: { leaf: "*", other: "*" } });
  install("other", {
    name: "other",
    version: "4.0.0",
    dependencies: { leaf: "*", user: "*" },
    optionalDependencies: { none: "*" },
  });
  install("stranger", { name: "stranger", version: "5.0.0" });
  const { versions, files } = identityOfPackages(root, [user]);
  expect(versions).toEqual({ leaf: "1.0.0, 2.0.0", other: "4.0.0", user: "3.0.0" });
  expect(files).toContain("node_modules/user/node_modules/leaf/package.json");
});

test("what the lockfile says of its content counts beside the version", () => {
  const file = install("a", { name: "a", version: "1.0.0" });
  writeFileSync(
    join(root, "node_modules/.package-lock.json"),
    JSON.stringify({ packages: { "node_modules/a": { integrity: "sha512-x" } } }),
  );
  expect(identityOfPackages(root, [file]).versions).toEqual({ a: "1.0.0 sha512-x" });
});

test("a module deep in a package belongs to the nearest package.json that has a name", () => {
  install("@scope/a", { name: "@scope/a", version: "1.0.0" });
  const inner = install("@scope/a/dist/esm", { type: "module" });
  expect(identityOfPackages(root, [inner]).versions).toEqual({ "@scope/a": "1.0.0" });
});
