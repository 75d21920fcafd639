/** Turns a stack trace of a bundle into one of the sources that it was made from. */

import { existsSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";

/** `bundle` is the absolute path of the bundle; its map lies beside it. Frames of the worker itself are left out. */
export function mappedStack(stack: string, bundle: string): string {
  if (!existsSync(`${bundle}.map`)) return stack;
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, "utf8")) as SourceMapPayload);
  const place = new RegExp(`(?:file://)?${escaped(bundle)}(?:\\?\\d+)?:(\\d+):(\\d+)`, "g");
  const mapped = stack.replace(place, (whole, line: string, column: string) => {
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    return "originalSource" in entry
      ? `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
      : whole;
  });
  return mapped
    .split("\n")
    .filter((line) => !/\/dist\/(?:worker|chunk-\w+)\.js|node:internal/.test(line))
    .join("\n");
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
