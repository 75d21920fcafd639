// Turns the measured rows into tables and into marks met or missed. Pure.

import { median } from "./measure.mjs";

const PIPES = ["pipe shell", "pipe module"];

/** In CPU seconds of the whole process tree, each against the peer in the same run. */
const marks = [
  { text: "no-op", phase: "no-op", contenders: PIPES, size: 10_000, limit: 3 },
  { text: "no-op", phase: "no-op", contenders: PIPES, size: 100_000, limit: 1.5, memoryMib: 300 },
  { text: "one edit", phase: "one edit", contenders: PIPES, size: 10_000, limit: 4 },
  { text: "shell step cold", phase: "cold", contenders: ["pipe shell"], size: 10_000, limit: 2.5 },
  { text: "module step cold", phase: "cold", contenders: ["pipe module"], size: 10_000, limit: 0.5 },
  { text: "first look", phase: "first look at a file", contenders: ["pipe status"], size: 1024, limit: 0.2 },
];

const peerOf = (phase) => (phase === "first look at a file" ? "sha256sum" : "ninja");

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
    `× ${peerOf(rows[0].phase)}`,
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
      Number.isFinite(ratioOf(row, rows)) ? ratioOf(row, rows).toFixed(2) : "",
      median(row.samples.map((sample) => sample.wallSeconds)).toFixed(3),
      memoryOf(row).toFixed(0),
      rangeOf(row),
    ];
  });
  return [
    `### ${phase}\n`,
    ...[head, head.map((_, column) => (column < 2 ? "---" : "--:")), ...body].map(line),
    "",
  ].join("\n");
}

/** A line a mark and graph of the size that the mark is set at. */
export function markLines(rows) {
  return marks.flatMap((mark) =>
    rows
      .filter((row) => row.size === mark.size && row.phase === mark.phase && mark.contenders.includes(row.contender))
      // Of a peer that was left out by --only there is nothing to say.
      .filter((row) => Number.isFinite(ratioOf(row, rows)))
      .flatMap((row) => verdictsOn(row, { mark, rows })),
  );
}

function verdictsOn(row, { mark, rows }) {
  const { text, phase, limit, memoryMib } = mark;
  const at = `${row.shape} ${row.size}, ${row.contender}`;
  const [ratio, memory] = [ratioOf(row, rows), memoryOf(row)];
  const lines = [`${verdict(ratio <= limit)}: ${text} ≤ ${limit} × ${peerOf(phase)}; ${at}: ${ratio.toFixed(2)} ×`];
  if (memoryMib !== undefined)
    lines.push(`${verdict(memory <= memoryMib)}: ${text} ≤ ${memoryMib} MiB; ${at}: ${memory.toFixed(0)} MiB`);
  return lines.map((each) => `- ${each}`);
}

const verdict = (isMet) => (isMet ? "met" : "MISSED");
const memoryOf = (row) => Math.max(...row.samples.map((sample) => sample.memoryMib));
const cpuOf = (row) => median(row.samples.map((sample) => sample.cpuSeconds));

function ratioOf(row, rows) {
  const peer = rows.find(
    (other) =>
      other.contender === peerOf(row.phase) &&
      other.shape === row.shape &&
      other.size === row.size &&
      other.phase === row.phase,
  );
  return peer === undefined ? Number.NaN : cpuOf(row) / cpuOf(peer);
}

function rangeOf(row) {
  const seconds = row.samples.map((sample) => sample.cpuSeconds);
  return `${Math.min(...seconds).toFixed(3)}–${Math.max(...seconds).toFixed(3)} (${seconds.length})`;
}

const line = (cells) => `| ${cells.join(" | ")} |`;
