// Checks the tests: each patch in test/mutants is a bug that somebody might write, and some test has to fail on it.
//
//   node scripts/mutants.mjs             every mutant
//   node scripts/mutants.mjs <name>...   these
//
// A mutant is built and tested in a copy of the checkout; it survives where no test fails. The sources as they are go
// first, since tests that fail anyway kill nothing.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const patches = join(root, "test/mutants");
const LONGEST_TEST_MS = 900_000;
// Fewer cases than a test run has, from one seed: a mutant that dies today dies tomorrow.
const CASES = { PIPE_CORE_RUNS: "200", PIPE_ENGINE_RUNS: "60", PIPE_FINDER_RUNS: "30", PIPE_SEED: "1" };
/** In this order, the quicker first. A test of the real command that a busy machine fails once kills nothing. */
const SUITES = [["test/properties"], ["test/monitor"], ["test/cli", "--retry=1"]];

const known = readdirSync(patches).map((file) => basename(file, ".patch"));
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined) {
  console.error(`there is no mutant '${unknown}'; there are ${known.join(", ")}`);
  process.exit(2);
}

const files = git("ls-files", "--cached", "--others", "--exclude-standard")
  .split("\n")
  .filter((file) => existsSync(join(root, file)) && file !== "");
const original = await verdictOn(undefined);
if (original.verdict !== "survived") fail(`the tests fail without a mutant: ${original.by}`);

const verdicts = [];
for (const name of asked.length > 0 ? asked : known) {
  const found = await verdictOn(name);
  verdicts.push({ name, ...found });
  console.log(`${found.verdict.padEnd(9)} ${name.padEnd(widthOf(known))} ${seconds(found)}  ${found.by}`);
}
const bad = verdicts.filter(({ verdict }) => verdict !== "killed");
console.log(`${verdicts.length - bad.length} of ${verdicts.length} mutants killed`);
if (bad.length > 0) fail(bad.map(({ name, verdict }) => `${name} ${verdict}`).join("\n"));

/** `killed`, `survived`, or `misfit` where the patch no longer applies or does not build. */
async function verdictOn(name) {
  const startedMs = Date.now();
  const copy = copyOfCheckout();
  try {
    const problem = name === undefined ? undefined : applied(copy, join(patches, `${name}.patch`));
    const misfit = problem ?? (await built(copy));
    const by = misfit ?? killer(copy);
    const verdict = misfit !== undefined ? "misfit" : by === undefined ? "survived" : "killed";
    return { verdict, by: by ?? "", durationMs: Date.now() - startedMs };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The packages are linked one by one, so that whatever a test puts beside them stays in the copy. */
function copyOfCheckout() {
  const copy = mkdtempSync(join(tmpdir(), "pipe-mutant-"));
  for (const file of files) cpSync(join(root, file), join(copy, file));
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  }
  return copy;
}

function applied(copy, patch) {
  // Within another repository git would silently skip every path.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(copy) };
  const { status, stderr } = spawnSync("git", ["apply", "-p1", patch], { cwd: copy, env, encoding: "utf8" });
  return status === 0 ? undefined : stderr.trim().replaceAll("\n", "; ");
}

async function built(copy) {
  try {
    const { bundle } = await import(pathToFileURL(join(copy, "scripts/bundle.mjs")).href);
    mkdirSync(join(copy, "dist"));
    for (const { name, text } of (await bundle()).files) writeFileSync(join(copy, "dist", name), text, { mode: 0o755 });
    return undefined;
  } catch (error) {
    return `does not build: ${error.message}`;
  }
}

/** The first test that fails; undefined where none does. */
function killer(copy) {
  for (const suite of SUITES) {
    const vitest = [join(copy, "node_modules/vitest/vitest.mjs"), "run", "--bail", "1", ...suite];
    const run = spawnSync(process.execPath, vitest, {
      cwd: copy,
      env: { ...process.env, NO_COLOR: "1", ...CASES },
      encoding: "utf8",
      timeout: LONGEST_TEST_MS,
      killSignal: "SIGKILL",
    });
    if (run.error?.code === "ETIMEDOUT") return `${suite[0]} does not end`;
    if (run.status !== 0)
      return /FAIL .*?(test\/\S+ > .*)/.exec(run.stderr)?.[1] ?? `${suite[0]}: ${run.stderr.trim()}`;
  }
  return undefined;
}

function git(...args) {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function widthOf(names) {
  return Math.max(...names.map((name) => name.length));
}

function seconds({ durationMs }) {
  return `${(durationMs / 1000).toFixed(0).padStart(3)} s`;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
