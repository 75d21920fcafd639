/**
 * The files that code reads from beside itself, named by `new URL("literal", import.meta.url)`. They are found in the
 * bundle, not in the sources: comments, and functions that the action does not use, are gone from it.
 */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cannotFingerprint } from "../core/error.ts";

const SOURCE = /\b(__pipe_url\d*)="([^"]+)"/g;
const ASSET = /\bnew URL\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\$]|\\.)*)`),(__pipe_url\d*)\)/g;

/** Relative to the root; a folder ends in a slash. */
export function assetsOf(root: string, text: string): readonly string[] {
  const sources = new Map([...text.matchAll(SOURCE)].map(([, name, url]) => [name, url]));
  const assets = [...text.matchAll(ASSET)].flatMap(([, double, single, template, name]) => {
    const literal = (double ?? single ?? template ?? "").replace(/\\(.)/g, "$1");
    const source = sources.get(name);
    const url = source === undefined ? undefined : new URL(literal, source);
    // The folder of the source itself, or one above it, is no asset but a way to name others.
    if (url?.protocol !== "file:" || source?.startsWith(url.href) === true) return [];
    const path = relative(root, fileURLToPath(`file://${url.pathname}`));
    if (path.startsWith("../"))
      throw cannotFingerprint({
        at: relative(root, fileURLToPath(source ?? "")),
        what: `the file ${literal} outside of the project`,
      });
    return [url.pathname.endsWith("/") ? `${path}/` : path];
  });
  return [...new Set(assets)];
}
