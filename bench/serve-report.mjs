// Turns the rounds of bench/serve.mjs into a page. Pure.

import { median } from "./measure.mjs";
import { CONNECTIONS } from "./serving.mjs";

const MARKS = [
  { least: 0.8, of: "bare node:http" },
  { least: 5, of: "Flask, gunicorn" },
  { least: 3, of: "FastAPI, uvicorn" },
];

/** `rounds` have a sample for each server by its name. */
export function serveReport({ rounds, seconds, row, machine }) {
  const names = Object.keys(rounds[0]);
  return `# What \`npm run bench:serve\` measured

\`POST /predict\` with one row as JSON, from ${CONNECTIONS} connections that stay open, over the loopback: each server on one core, the
load (wrk, one thread) on the other. The servers take turns, ${rounds.length} rounds of ${seconds} s each after a warm-up; medians. A ratio is the
median of the ratios within a round. All give the same answer for the row, which is checked first.

${machine.join("\n")}

${MARKS.filter(({ of }) => names.includes(of))
  .map((mark) => markLine(rounds, mark))
  .join("\n")}

| server | requests/s | × bare | p50 ms | p99 ms | CPU µs a request | × bare | core busy |
| --- | --: | --: | --: | --: | --: | --: | --: |
${names.map((name) => lineOf(rounds, name)).join("\n")}

- bare node:http: parses the body and writes the answer, and does nothing else: no validation, no limits, no measurements.
- pipe serve: the reference model, with every check and measurement that it always has; its defaults, one process.
- h3: \`toNodeHandler\`, a route, \`await req.json()\`, a \`Response\`.
- Flask, gunicorn: one worker with one thread of the class gthread, since the class sync closes each connection; keep-alive 75 s.
- FastAPI, uvicorn: one worker, uvloop and httptools, a pydantic model, an \`async\` handler, no access log.
- CPU: user and system time of the server, which counts less than the rate does what else the machine was busy with.
- the row: \`${JSON.stringify(row)}\`
`;
}

const ratioOf = (rounds, field, [name, other]) =>
  median(rounds.map((round) => round[name][field] / round[other][field]));

function markLine(rounds, { least, of }) {
  const ratio = ratioOf(rounds, "rate", ["pipe serve", of]);
  return `- ${ratio >= least ? "met" : "MISSED"}: pipe serve ≥ ${least.toFixed(2)} × ${of}: ${ratio.toFixed(2)} ×`;
}

function lineOf(rounds, name) {
  const medianOf = (field) => median(rounds.map((round) => round[name][field]));
  const timesBare = (field) => ratioOf(rounds, field, [name, "bare node:http"]).toFixed(2);
  const cells = [
    name,
    Math.round(medianOf("rate")).toLocaleString("en"),
    timesBare("rate"),
    medianOf("p50Ms").toFixed(2),
    medianOf("p99Ms").toFixed(2),
    medianOf("cpuMicroseconds").toFixed(1),
    timesBare("cpuMicroseconds"),
    `${(100 * medianOf("busyShare")).toFixed(0)} %`,
  ];
  return `| ${cells.join(" | ")} |`;
}
