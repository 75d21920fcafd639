// Measures the reference pipeline beside the same work in pandas and scikit-learn. `node bench/data.mjs --help` tells the flags.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { agreementOf } from "./agreement.mjs";
import { dataReport } from "./data-report.mjs";
import { machineLines, requirePrograms } from "./machine.mjs";
import { measure } from "./measure.mjs";
import { buildCommand, projectIn, root, STEPS } from "./pipeline.mjs";

const help = `node bench/data.mjs [flags]
  --rows 1000000   rows that are made up
  --runs 3         runs of each step
  --smoke          10000 rows, one run: checks that both make the same model, no times
  --write          also writes bench/DATA.md`;

// Debian's, which has Debian's pandas and scikit-learn; another may come first in the PATH.
const PYTHON = "/usr/bin/python3";
/** What each step reads with csv-parse. */
const PARSED = { clean: "data/raw.csv", train: "data/clean.csv", score: "data/clean.csv" };

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    runs: { type: "string", default: "3" },
    smoke: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const log = (text) => process.stdout.write(`${text}\n`);

if (flags.help) log(help);
else main();

function main() {
  requirePrograms(["perl", PYTHON]);
  const versions = versionsOfPython();
  const rows = flags.smoke ? 10_000 : Number(flags.rows);
  const parent = mkdtempSync(join(tmpdir(), "pipe-data-"));
  try {
    const runs = Array.from({ length: flags.smoke ? 1 : Number(flags.runs) }, (_, at) => {
      const run = runIn(join(parent, String(at)), rows);
      log(`run ${at + 1}: the models agree to ${run.agreement.toExponential(1)}`);
      return run;
    });
    if (flags.smoke) return log(`smoke: both made the same model of ${rows} rows`);
    // What else ran then makes the wall times longer, and the CPU times a little.
    const load = `- load average: ${loadavg()[1].toFixed(1)} in the last five minutes`;
    const report = dataReport({ runs, rows, machine: [...machineLines(versions), load] });
    log(report);
    if (flags.write) writeFileSync(new URL("DATA.md", import.meta.url), report);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** The step in turn by the one and the other, on one table, and how far their models are apart. */
function runIn(folder, rows) {
  const project = projectIn(join(folder, "project"));
  const python = join(folder, "python");
  mkdirSync(python);
  symlinkSync(join(project, "data/raw.csv"), join(python, "raw.csv"));
  const script = join(root, "bench/reference.py");
  const steps = STEPS.map((step) => {
    const pipe = measure({ command: buildCommand(step, rows), directory: project });
    const count = step === "ingest" ? [String(rows)] : [];
    const pandas = measure({ command: [PYTHON, "-B", script, step, python, ...count], directory: folder });
    return { step, pipe, pandas, parseSeconds: parseSecondsOf(PARSED[step], project) };
  });
  return { steps, agreement: agreementOf({ project, python }) };
}

/** The CPU time that csv-parse alone takes for a table; 0 where the step reads none. */
function parseSecondsOf(table, directory) {
  if (table === undefined) return 0;
  const { output } = measure({ command: [process.execPath, join(root, "bench/parse.mjs"), table], directory });
  return JSON.parse(output).cpuSeconds;
}

function versionsOfPython() {
  const print =
    "import pandas, platform, sklearn; print(platform.python_version(), pandas.__version__, sklearn.__version__)";
  try {
    const { output } = measure({ command: [PYTHON, "-c", print], directory: root });
    const [python, pandas, sklearn] = output.trim().split(" ");
    const named = { Python: python, pandas, "scikit-learn": sklearn };
    return Object.entries(named).map(([name, version]) => [name, "echo", version]);
  } catch (error) {
    throw new Error(
      `${PYTHON} lacks pandas or scikit-learn; on Debian: apt-get install python3-pandas python3-sklearn`,
      {
        cause: error,
      },
    );
  }
}
