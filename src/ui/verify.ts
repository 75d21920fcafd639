/** `pipe verify`: what is not as it was built. Pure. */

import type { Mismatch, Verified } from "../core/upkeep.ts";
import { plural } from "./format.ts";
import type { Paint } from "./paint.ts";

export function verifyText({ outputs, objects, checksums, versions, mismatches }: Verified, paint: Paint): string {
  const rows = mismatches.map((each) => `${paint("bad", each.state.padEnd(9))} ${textOf(each)}\n`);
  const looked = [plural(outputs, "output"), plural(objects, "object of the cache", "objects of the cache")];
  const kept = versions === 0 ? [] : [plural(versions, "version of a model", "versions of models")];
  const all = `${[...looked, plural(checksums, "checksum"), ...kept].join(", ")} verified`;
  if (mismatches.length === 0) return `${all}\n`;
  const count = `${mismatches.length} ${mismatches.length === 1 ? "does" : "do"} not match`;
  return `${rows.join("")}${all}: ${count}\n${hintFor(mismatches)}`;
}

/** What is not as a list says is not helped by a build: the list or the file was made wrongly. */
function hintFor(mismatches: readonly Mismatch[]): string {
  const paths = mismatches.filter(({ kind }) => kind === "output").map(({ path }) => path);
  if (paths.length === 0) return "";
  const targets = paths.length > MOST ? "" : ` ${paths.join(" ")}`;
  return `  hint: 'pipe build${targets}' puts back what was built, and keeps what a person edited in .pipe/rescued/\n`;
}

const MOST = 3;

function textOf({ kind, path, by = "" }: Mismatch): string {
  if (kind === "output") return `${path}, made by ${by}`;
  if (kind === "version") return `${path}, a version of ${by}: it cannot be put back`;
  return kind === "object" ? `${path} in the cache; it is thrown away` : `${path}, by the checksum in ${by}`;
}
