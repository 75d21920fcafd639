// Reads a `.cpuprofile`: time by part of the program, by file, by function, and by function with all that it calls.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { originOf } from "./origin.mjs";

const TOP = 25;

export function profileText(path) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, "utf8"));
  const selfMs = new Map(nodes.map((node) => [node.id, 0]));
  samples.forEach((id, index) => selfMs.set(id, selfMs.get(id) + timeDeltas[index] / 1000));
  const rows = nodes.map((node) => ({ ms: selfMs.get(node.id), ...originOf(node.callFrame) }));
  const total = rows.reduce((sum, { ms }) => sum + ms, 0);
  return [
    `\n### ${basename(path)}: ${total.toFixed(0)} ms\n`,
    ranking("by part", sumBy(rows, "part")),
    ranking("by file", sumBy(rows, "file")),
    ranking("by function, itself", sumBy(rows, "name")),
    ranking("by function of pipe, with what it calls before it waits", sumWithCalls(nodes, selfMs)),
  ].join("\n");
}

function sumBy(rows, key) {
  const sums = new Map();
  for (const row of rows) sums.set(row[key], (sums.get(row[key]) ?? 0) + row.ms);
  return sums;
}

/** A function that stands more than once in a stack counts once. */
function sumWithCalls(nodes, selfMs) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sums = new Map();
  const visit = (node, above) => {
    const { name, part } = originOf(node.callFrame);
    const isNew = part === "pipe" && !above.has(name);
    const here = isNew ? new Set([...above, name]) : above;
    const ms = (node.children ?? []).reduce((sum, child) => sum + visit(byId.get(child), here), selfMs.get(node.id));
    if (isNew) sums.set(name, (sums.get(name) ?? 0) + ms);
    return ms;
  };
  visit(nodes[0], new Set());
  return sums;
}

function ranking(title, sums) {
  const rows = [...sums].filter(([, ms]) => ms >= 0.5).toSorted((a, b) => b[1] - a[1]);
  const lines = rows.slice(0, TOP).map(([name, ms]) => `${ms.toFixed(1).padStart(9)}  ${name}`);
  return [`${title} (ms)`, ...lines, ""].join("\n");
}
