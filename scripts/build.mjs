// Builds `dist/`: the bundle and its types. Does nothing where what stands there was made from these very sources: npm
// runs `prepare` not just on an install but, up to npm 10, at each `npx pipe` in the checkout too.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
// Beside the packages that were bundled: a new install of them is a reason to build again.
const stamp = join(root, "node_modules/.pipefile-dist");
const sources = ["src", "scripts", "package.json", "package-lock.json", "tsconfig.json"].map((path) =>
  join(root, path),
);

const sourcesDigest = digestOf(sources);
if (!isBuilt()) {
  const { bundle } = await import("./bundle.mjs");
  const work = mkdtempSync(join(root, "node_modules/.pipefile-build-"));
  try {
    publish([...(await bundle()).files, ...declarations(work)], work);
    writeFileSync(stamp, stampText());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === stampText();
}

function stampText() {
  return `${sourcesDigest}\n${digestOf([dist])}\n`;
}

/** A digest of the names, contents and permissions of all files below the paths. */
function digestOf(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesBelow)) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)}\0${statSync(file).mode & 0o111}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => filesBelow(join(path, name)));
}

function declarations(work) {
  const out = join(work, "types");
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, signal } = spawnSync(process.execPath, [tsc, "--project", "scripts/types.json", "--outDir", out], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`tsc ended with ${signal ?? status}`);
  // tsc leaves `.ts` in the specifiers of declarations; a reader of the package has only `.d.ts`, found through `.js`.
  return filesBelow(out).map((file) => ({
    name: join("types", relative(out, file)),
    text: readFileSync(file, "utf8").replaceAll(/(from |import\()"(\.{1,2}\/[^"]+)\.ts"/g, '$1"$2.js"'),
  }));
}

/**
 * Puts the files in place and removes all others. Each arrives whole, by a rename, and chunks before the entries that
 * import them: a `pipe` that starts meanwhile works.
 */
function publish(files, work) {
  const staged = join(work, "staged");
  for (const { name, text } of [...files.filter(isChunk), ...files.filter((file) => !isChunk(file))]) {
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    writeFileSync(staged, text, { mode: name === "pipe.js" ? 0o755 : 0o644 });
    renameSync(staged, join(dist, name));
  }
  const made = new Set(files.map(({ name }) => join(dist, name)));
  for (const file of filesBelow(dist)) if (!made.has(file)) rmSync(file);
}

function isChunk({ name }) {
  return name.startsWith("chunk-");
}
