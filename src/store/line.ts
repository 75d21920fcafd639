/** A transaction as a line of the state: a checksum, a blank and a JSON value. Pure. */

import { crc32 } from "node:zlib";
import type { Line } from "./record.ts";

/** It begins with the newline that ends the line before: whatever a killed writer left there, this one starts afresh. */
export function textOfLine(line: Line): string {
  const json = JSON.stringify(line);
  return `\n${checksum(json)} ${json}`;
}

/** Undefined for a line that is torn or damaged. */
export function lineIn(bytes: Buffer): Line | undefined {
  const json = bytes.subarray(9);
  const head = `${checksum(json)} `;
  return bytes.toString("latin1", 0, 9) === head ? (JSON.parse(json.toString()) as Line) : undefined;
}

const checksum = (json: string | Buffer): string => crc32(json).toString(16).padStart(8, "0");
