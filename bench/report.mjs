// Turns the measured rows into tables and into marks met or missed. Pure.

import { median } from "./measure.mjs";

/** The first marks, in CPU seconds of the whole process tree, each against ninja in the same run. */
const marks = [
  { text: "no-op", phase: "no-op", contenders: ["pipe shell", "pipe module"], limit: 3 },
  { text: "shell step cold", phase: "cold", contenders: ["pipe shell"], limit: 2.5 },
  { text: "module step cold", phase: "cold", contenders: ["pipe module"], limit: 0.5 },
];

const PEER = "ninja";
/** The marks are set at this size. */
const MARK_SIZE = 10_000;

/** A Markdown table a phase. */
export function tables(rows) {
  const phases = [...new Set(rows.map((row) => row.phase))];
  return phases
    .map((phase) =>
      phaseTable(
        phase,
        rows.filter((row) => row.phase === phase),
      ),
    )
    .join("\n");
}

function phaseTable(phase, rows) {
  const perStep = phase === "cold";
  const head = [
    "graph",
    "contender",
    "CPU s",
    ...(perStep ? ["CPU ms a step"] : []),
    `× ${PEER}`,
    "wall s",
    "memory MiB",
    "CPU s, least to most",
  ];
  const body = rows.map((row) => {
    const cpu = cpuOf(row);
    return [
      `${row.shape} ${row.size}`,
      row.contender,
      cpu.toFixed(3),
      ...(perStep ? [((cpu / row.size) * 1000).toFixed(2)] : []),
      ratioOf(row, rows).toFixed(2),
      median(row.samples.map((sample) => sample.wallSeconds)).toFixed(3),
      Math.max(...row.samples.map((sample) => sample.memoryMib)).toFixed(0),
      rangeOf(row),
    ];
  });
  return [
    `### ${phase}\n`,
    ...[head, head.map((_, column) => (column < 2 ? "---" : "--:")), ...body].map(line),
    "",
  ].join("\n");
}

/** A line a mark and graph of the size that the marks are set at. */
export function markLines(rows) {
  return marks.flatMap(({ text, phase, contenders, limit }) =>
    rows
      .filter((row) => row.size === MARK_SIZE && row.phase === phase && contenders.includes(row.contender))
      .map((row) => {
        const ratio = ratioOf(row, rows);
        const verdict = ratio <= limit ? "met" : "MISSED";
        return `- ${verdict}: ${text} ≤ ${limit} × ${PEER}; ${row.shape} ${row.size}, ${row.contender}: ${ratio.toFixed(2)} ×`;
      }),
  );
}

const cpuOf = (row) => median(row.samples.map((sample) => sample.cpuSeconds));

function ratioOf(row, rows) {
  const peer = rows.find(
    (other) =>
      other.contender === PEER && other.shape === row.shape && other.size === row.size && other.phase === row.phase,
  );
  return cpuOf(row) / cpuOf(peer);
}

function rangeOf(row) {
  const seconds = row.samples.map((sample) => sample.cpuSeconds);
  return `${Math.min(...seconds).toFixed(3)}–${Math.max(...seconds).toFixed(3)} (${seconds.length})`;
}

const line = (cells) => `| ${cells.join(" | ")} |`;
