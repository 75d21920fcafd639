/** The lines of `reports/monitoring.jsonl`: written by the service, one process at a time, and read by anybody meanwhile. */

import { closeSync, fstatSync, mkdirSync, readSync } from "node:fs";
import { dirname } from "node:path";
import type { MonitoringWindow } from "../core/monitoring.ts";
import { linesFrom, linesFromEnd } from "../store/lines.ts";
import { appendAll } from "../store/whole.ts";
import { closeParts, openPart, openParts, partPath, rotateParts, type OpenPart } from "./journal-part.ts";
import { lineOf } from "./line.ts";

export interface Journal {
  /** The project's. */
  readonly root: string;
  /** A file is rotated away before it is longer. */
  readonly maxBytes: number;
  /** How many of those stay. */
  readonly keep: number;
}

/**
 * Writes the window as a line, in one call. Whatever a kill leaves of it, the next one begins on a line of its own.
 * Throws what the disk says.
 */
export function appendWindow({ root, maxBytes, keep }: Journal, window: MonitoringWindow): void {
  const file = `${root}/${partPath(0)}`;
  const line = `${JSON.stringify(window)}\n`;
  mkdirSync(dirname(file), { recursive: true });
  const { sizeBytes, isTorn } = endOf(root);
  const text = isTorn ? `\n${line}` : line;
  const isFull = sizeBytes > 0 && sizeBytes + Buffer.byteLength(text) > maxBytes;
  if (isFull) rotateParts(root, keep);
  appendAll(file, isFull ? line : text);
}

function endOf(root: string): { readonly sizeBytes: number; readonly isTorn: boolean } {
  const { descriptor } = openPart(root, partPath(0)) ?? {};
  if (descriptor === undefined) return { sizeBytes: 0, isTorn: false };
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    const isAny = size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1;
    return { sizeBytes: size, isTorn: isAny && last.toString() !== "\n" };
  } finally {
    closeSync(descriptor);
  }
}

/** A line that is passed over. */
export interface PassedLine {
  /** As it was asked for, or relative to the project's root. */
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
  readonly problem: string;
}

export type OnPassed = (line: PassedLine) => void;

/**
 * The windows that were written until now, the oldest first; read as they are asked for. What is no right line is told
 * and passed over; but for the end of what is being written. Throws what the disk says.
 */
export function* readWindows(root: string, onPassed: OnPassed): Generator<MonitoringWindow> {
  const parts = openParts(root);
  try {
    for (const part of parts.toReversed()) yield* windowsIn(part, onPassed);
  } finally {
    closeParts(parts);
  }
}

/** The windows of one file, as {@link readWindows}; undefined where there is none. `path` is relative to the root. */
export function readWindowsOf(root: string, path: string, onPassed: OnPassed): Generator<MonitoringWindow> | undefined {
  const part = openPart(root, path);
  return part && closing(part, onPassed);
}

function* closing(part: OpenPart, onPassed: OnPassed): Generator<MonitoringWindow> {
  try {
    yield* windowsIn(part, onPassed);
  } finally {
    closeParts([part]);
  }
}

function* windowsIn({ path, descriptor }: OpenPart, onPassed: OnPassed): Generator<MonitoringWindow> {
  const isWritten = path === partPath(0);
  let number = 0;
  for (const { bytes, isEnded } of linesFrom(descriptor)) {
    number += 1;
    const line = lineOf(bytes);
    if (line.window !== undefined) yield line.window;
    else if (line.problem !== undefined && (isEnded || !isWritten))
      onPassed({ file: path, line: number, problem: line.problem });
  }
}

/** The last window that says which alarms are open, and of which model; read from the end. Throws what the disk says. */
export function lastWindow(root: string): MonitoringWindow | undefined {
  const parts = openParts(root);
  try {
    for (const { descriptor } of parts)
      for (const bytes of linesFromEnd(descriptor)) {
        const { window } = lineOf(bytes);
        if (window?.judged === true) return window;
      }
    return undefined;
  } finally {
    closeParts(parts);
  }
}
