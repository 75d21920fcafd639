/** The earlier versions of a step's outputs: what reports/builds.jsonl tells of, as far as the cache still has it. */

import { outputPaths } from "./attempt.ts";
import type { Step } from "./core/catalog.ts";
import type { Digest } from "./core/staleness.ts";
import type { KnownVersion } from "./core/version.ts";
import type { Project } from "./project.ts";
import type { Cache } from "./store/cache.ts";
import { versionsIn } from "./store/ledger.ts";
import { readListing } from "./store/tree.ts";

/** Newest first; those alone that have the outputs which the step declares now. */
export function versionsOf({ root, cache }: Project, step: Step): readonly KnownVersion[] {
  const paths = JSON.stringify(outputPaths(step));
  const known = new Map<Digest, boolean>();
  const isThere = (digest: Digest): boolean => {
    const answer = known.get(digest) ?? isKept(cache, digest);
    known.set(digest, answer);
    return answer;
  };
  return versionsIn(root, step.id)
    .filter(({ outputs }) => JSON.stringify(outputs.map(({ path }) => path)) === paths)
    .map((version) => ({ ...version, isKept: version.outputs.every(({ digest }) => isThere(digest)) }))
    .toReversed();
}

/** True where the cache has the content, of a directory each member's. Whether it is whole shows when it is copied. */
export function isKept(cache: Cache, digest: Digest): boolean {
  if (!digest.startsWith("tree-")) return cache.has(digest);
  const listing = cache.textOf(digest);
  return (
    listing !== undefined && readListing(listing).every(({ kind, content }) => kind !== "file" || cache.has(content))
  );
}
