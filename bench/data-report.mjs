// Turns the runs of bench/data.mjs into a page. Pure.

import { median } from "./measure.mjs";

export function dataReport({ runs, rows, machine }) {
  const steps = runs[0].steps.map((_, at) => medians(runs.map((run) => run.steps[at])));
  const all = sumOf(steps);
  return `# What \`npm run bench:data\` measured

The reference pipeline on ${rows.toLocaleString("en")} rows that it made up, beside the same work in pandas and scikit-learn (\`bench/reference.py\`),
a process for each step. Both read the same table, hold out the same rows, and fill in and encode in the same way: the run
fails if their models differ. CPU seconds (user and system) are those of the whole process tree, memory that of the largest
process, start-up included; medians of ${runs.length}.

${machine.join("\n")}
- the models agree to ${Math.max(...runs.map(({ agreement }) => agreement)).toExponential(1)} of each number

| step | | CPU s | × pandas | wall s | memory MiB | of it csv-parse |
| --- | --- | --: | --: | --: | --: | --: |
${[...steps, all].flatMap(linesOf).join("\n")}

${steps.flatMap(({ step }) => NOTES[step] ?? []).join("\n")}
- pipe's steps also hash what they read and make, keep it in the cache, and record it.
- of it csv-parse: what a bare pass of csv-parse over the table that the step reads takes, as a share of the step's CPU time.
`;
}

/** Where the two do not do the very same. */
const NOTES = {
  ingest: "- ingest makes the rows up: pipe each from draws of its own, NumPy others, column by column.",
  score: "- score writes Parquet by pipe and CSV by pandas, since Debian has no pyarrow.",
};
const FIELDS = ["cpuSeconds", "wallSeconds", "memoryMib"];

function medians(samples) {
  const sampleOf = (contender) =>
    Object.fromEntries(FIELDS.map((field) => [field, median(samples.map((sample) => sample[contender][field]))]));
  return {
    step: samples[0].step,
    pipe: sampleOf("pipe"),
    pandas: sampleOf("pandas"),
    parseSeconds: median(samples.map(({ parseSeconds }) => parseSeconds)),
  };
}

/** Times add up; the memory is that of the step that takes most. */
function sumOf(steps) {
  const total = (field, contender) => steps.reduce((sum, step) => sum + step[contender][field], 0);
  const sampleOf = (contender) => ({
    cpuSeconds: total("cpuSeconds", contender),
    wallSeconds: total("wallSeconds", contender),
    memoryMib: Math.max(...steps.map((step) => step[contender].memoryMib)),
  });
  const parseSeconds = steps.reduce((sum, step) => sum + step.parseSeconds, 0);
  return { step: "all", pipe: sampleOf("pipe"), pandas: sampleOf("pandas"), parseSeconds };
}

function linesOf({ step, pipe, pandas, parseSeconds }) {
  const share = parseSeconds === 0 ? "" : `${((100 * parseSeconds) / pipe.cpuSeconds).toFixed(0)} %`;
  return [
    lineOf(step, "pipe", { ...pipe, ratio: pipe.cpuSeconds / pandas.cpuSeconds, share }),
    lineOf(step, "pandas", pandas),
  ];
}

const lineOf = (step, name, { cpuSeconds, wallSeconds, memoryMib, ratio, share = "" }) =>
  `| ${[step, name, cpuSeconds.toFixed(2), ratio?.toFixed(2) ?? "", wallSeconds.toFixed(2), memoryMib.toFixed(0), share].join(" | ")} |`;
