/** A transaction as a line of the state: a checksum, a blank and a JSON value. Pure. */

import { crc32 } from "node:zlib";
import type { Line } from "./record.ts";

/** It begins with the newline that ends the line before: whatever a killed writer left there, this one starts afresh. */
export function textOfLine(line: Line): string {
  const json = JSON.stringify(line);
  return `\n${checksum(json)} ${json}`;
}

/** Undefined for a line that is torn or damaged. */
export function lineIn(text: string): Line | undefined {
  const json = text.slice(9);
  return text[8] === " " && checksum(json) === text.slice(0, 8) ? (JSON.parse(json) as Line) : undefined;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, "0");
