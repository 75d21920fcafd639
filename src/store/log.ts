/** A step's log: what its last run printed, under a header for each attempt. */

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { fileNameOf } from "../core/artifact.ts";
import { isRefusal, type SystemError } from "../core/error-disk.ts";
import { writeAll } from "./whole.ts";

export const logPathOf = (step: string): string => `logs/${fileNameOf(step)}.log`;

export interface LogHead {
  readonly step: string;
  readonly attempt: number;
  readonly atMs: number;
  /** Said of a log that was not written by this run. */
  readonly note?: string;
}

/** Opens the log for an attempt: the first one starts it afresh. The caller closes the descriptor. */
export function openLog(root: string, { step, attempt, atMs, note }: LogHead): number {
  const file = `${root}/${logPathOf(step)}`;
  if (attempt === 1 && !existsSync(`${root}/logs`)) mkdirSync(`${root}/logs`);
  const descriptor = openSync(file, attempt === 1 ? AFRESH : "a");
  const suffix = note === undefined ? "" : `, ${note}`;
  const head = `${HEAD}${step}, attempt ${attempt}, ${new Date(atMs).toISOString()}${suffix}\n`;
  writeAll(descriptor, head, file);
  return descriptor;
}

const HEAD = "# pipe: ";
// The engine and the action's process write to it in turns: each write has to go to the end.
const AFRESH = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;

/** A line of pipe's own, told apart from what the action printed. */
export const noteOf = (text: string): string => `${HEAD}${text}\n`;

const START_BYTES = 63 * 2 ** 20;
const END_BYTES = 2 ** 20;

/** Takes the middle out of a log that is longer than 64 MiB, so that an action that prints without end fills no disk. */
export function cutLog(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  // Once cut it is a little longer than its parts, and is not cut again for that.
  if (size <= START_BYTES + END_BYTES + 1024) return;
  const descriptor = openSync(file, constants.O_RDWR | constants.O_APPEND);
  try {
    const end = Buffer.alloc(END_BYTES);
    readSync(descriptor, end, 0, END_BYTES, size - END_BYTES);
    ftruncateSync(descriptor, START_BYTES);
    writeSync(descriptor, `\n${noteOf("the middle of this log was left out, as it was longer than 64 MiB")}`);
    writeSync(descriptor, end);
  } finally {
    closeSync(descriptor);
  }
}

/** What the run itself printed; empty without reading the file where it printed nothing. */
export function bodyOfLog(root: string, step: string): string {
  const descriptor = openSync(`${root}/${logPathOf(step)}`, "r");
  try {
    const { size } = fstatSync(descriptor);
    const head = Buffer.alloc(Math.min(size, 1024));
    readSync(descriptor, head, 0, head.length, 0);
    const end = head.indexOf("\n") + 1;
    if (size === end) return "";
  } finally {
    closeSync(descriptor);
  }
  const lines = readFileSync(`${root}/${logPathOf(step)}`, "utf8").split("\n");
  return lines.filter((line) => !line.startsWith(HEAD)).join("\n");
}

/** The last lines of a log, read from its end however long it is; none where it cannot be read. */
export function tailOfLog(root: string, step: string, lines: number): readonly string[] {
  try {
    return tailOf(root, step, lines);
  } catch (error) {
    // It is asked for to tell of a failure, and what refuses it may be that failure.
    if (isRefusal(error as SystemError)) return [];
    throw error;
  }
}

function tailOf(root: string, step: string, lines: number): readonly string[] {
  const file = `${root}/${logPathOf(step)}`;
  if (!existsSync(file)) return [];
  const found = endOfFile(file, lines * 400)
    .replace(/\n$/, "")
    .split("\n");
  return found.slice(-lines).filter((line) => !line.startsWith(HEAD));
}

/** As much of a file as is asked for, from its end. */
export function endOfFile(file: string, bytes: number): string {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8");
  } finally {
    closeSync(descriptor);
  }
}
