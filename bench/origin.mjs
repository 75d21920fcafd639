// Names a profiled function by where it was written: through the source map of the bundle, where there is one.

import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

const maps = new Map();

/** The part of the program that a call frame belongs to, its file, and its name with both. */
export function originOf({ functionName, url, lineNumber, columnNumber }) {
  if (url === "")
    return { part: functionName || "(native)", file: functionName || "(native)", name: functionName || "(native)" };
  if (url.startsWith("node:")) return { part: "Node", file: url, name: `${functionName || "(anonymous)"} ${url}` };
  const file = sourceOf({ url, lineNumber, columnNumber });
  const part = file.includes("node_modules/")
    ? "packages"
    : url.includes("/.pipe/") || file.includes("data:")
      ? "Pipefile and actions"
      : "pipe";
  return { part, file: file.replace(/:\d+$/, ""), name: `${functionName || "(anonymous)"} ${file}` };
}

function sourceOf({ url, lineNumber, columnNumber }) {
  const entry = mapOf(url)?.findEntry(lineNumber, columnNumber);
  if (entry?.originalSource) return `${short(entry.originalSource)}:${entry.originalLine + 1}`;
  return `${short(url)}:${lineNumber + 1}`;
}

const short = (path) => path.replace(/^.*\/(?=(src|dist|rules|node_modules|\.pipe)\/)/, "");

function mapOf(url) {
  if (!maps.has(url)) maps.set(url, readMap(url));
  return maps.get(url);
}

function readMap(url) {
  if (!url.startsWith("file:")) return undefined;
  const path = `${fileURLToPath(url)}.map`;
  return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, "utf8"))) : undefined;
}
