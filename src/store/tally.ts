/**
 * About how many bytes of objects a cache holds, so that no build has to look at each of them.
 *
 * A line is an amount, and the sum of all lines counts. Lines are only appended, so that of two builds which share the
 * cache neither's amount is lost. Whoever has counted exactly puts one line in place of all.
 */

import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const fileIn = (folder: string): string => `${folder}/size`;

export function addToTally(folder: string, sizeBytes: number): void {
  appendFileSync(fileIn(folder), `${sizeBytes}\n`);
}

/** Undefined where nobody has counted yet: objects may stand there that no line tells of. */
export function tallyOf(folder: string): number | undefined {
  const lines = textOf(fileIn(folder)).split("\n").filter(Boolean);
  const sum = lines.map(Number).reduce((total, amount) => total + amount, 0);
  if (lines.length === 0 || !Number.isFinite(sum)) return undefined;
  if (lines.length > MANY) writeTally(folder, sum);
  return sum;
}

const MANY = 1000;

export function writeTally(folder: string, sizeBytes: number): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.${process.pid}`, `${sizeBytes}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
