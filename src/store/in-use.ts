/** What of the cache a project would need to put its present outputs back: the objects that its traces and overrides name. */

import { digestsHeld } from "../core/override.ts";
import type { Digest, PathState, Trace } from "../core/staleness.ts";
import type { Cache } from "./cache.ts";
import { cacheKey } from "./candidate.ts";
import type { State } from "./state.ts";

export function digestsInUse(
  { state, cache }: { readonly state: State; readonly cache: Cache },
  steps: Iterable<string> = state.traces,
): ReadonlySet<Digest> {
  const traces = [...steps].flatMap((step) => state.trace(step) ?? []);
  const found = traces.flatMap((trace) => [...trace.outputs.map(({ digest }) => digest), ...logsOf(trace, cache)]);
  return withMembers([...found, ...digestsHeld(state.overrides.values())], cache);
}

/** The log is not in the trace, but in the entry of the run that had these outputs. */
function logsOf({ fingerprint, inputs, outputs }: Trace, cache: Cache): readonly Digest[] {
  const made = textOf(outputs);
  return cache
    .candidates(cacheKey(fingerprint, inputs))
    .flatMap((candidate) => (candidate.log !== undefined && textOf(candidate.outputs) === made ? [candidate.log] : []));
}

const textOf = (outputs: readonly PathState[]): string =>
  JSON.stringify(outputs.map(({ path, digest }) => [path, digest]));

/** With the files in directories: only their listings are named by a trace. */
function withMembers(digests: readonly Digest[], cache: Cache): ReadonlySet<Digest> {
  const found = new Set(digests);
  for (const digest of digests)
    for (const { kind, content } of cache.membersOf(digest) ?? []) if (kind === "file") found.add(content);
  return found;
}
