/** `pipe verify`: what is not as it was built. Pure. */

import type { Mismatch, Verified } from "../core/upkeep.ts";
import { plural } from "./format.ts";
import type { Paint } from "./paint.ts";

export function verifyText({ outputs, objects, checksums, mismatches }: Verified, paint: Paint): string {
  const rows = mismatches.map((each) => `${paint("bad", each.state.padEnd(9))} ${textOf(each)}\n`);
  const looked = [plural(outputs, "output"), plural(objects, "object of the cache", "objects of the cache")];
  const all = `${[...looked, plural(checksums, "checksum")].join(", ")} verified`;
  if (mismatches.length === 0) return `${all}\n`;
  const hint = "  hint: 'pipe build' puts back what it has built, and keeps what a person edited in .pipe/rescued/\n";
  return `${rows.join("")}${all}: ${mismatches.length} ${mismatches.length === 1 ? "does" : "do"} not match\n${hint}`;
}

function textOf({ kind, path, by = "" }: Mismatch): string {
  if (kind === "output") return `${path}, made by ${by}`;
  return kind === "object" ? `${path} in the cache; it is thrown away` : `${path}, by the checksum in ${by}`;
}
