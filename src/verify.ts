/** Reads every byte that pipe has built once more, and compares it with what was recorded when it was built. */

import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { digestOfRemoved, isMade } from "./built.ts";
import { isDirectory } from "./core/artifact.ts";
import { checksumsIn } from "./core/checksum.ts";
import { PipeError } from "./core/error.ts";
import { ABSENT, type PathState, type Trace } from "./core/staleness.ts";
import type { Mismatch, Verified } from "./core/upkeep.ts";
import type { Project } from "./project.ts";
import { versionFolder, versionsKept } from "./store/backup.ts";
import { sha256Of } from "./store/digest.ts";
import { digestsIn } from "./store/eviction.ts";
import { digestsInUse } from "./store/in-use.ts";
import { Observer } from "./store/observer.ts";

interface Output extends PathState {
  readonly step: string;
}

/** Needs the project's lock: a build replaces outputs before it has recorded them. Without targets, everything. */
export async function verify(project: Project, targets: readonly string[]): Promise<Verified> {
  const steps = targets.length === 0 ? [...project.state.traces] : project.graph(targets).steps.map((step) => step.id);
  const outputs = outputsOf(project, steps);
  const broken = brokenOutputs(project, outputs);
  const lost = new Set(broken.map(({ path }) => path));
  const objects = targets.length === 0 ? digestsIn(project.cache) : [...digestsInUse(project, steps)];
  const there = objects.filter((digest) => project.cache.has(digest));
  const damaged = there.filter((digest) => project.cache.dropIfDamaged(digest));
  const { checksums, wrong } = await checkedLists(
    project.root,
    outputs.filter(({ path }) => !lost.has(path)),
  );
  const kept = checkedVersions(project, new Set(steps));
  const thrownAway = damaged.map((path): Mismatch => ({ kind: "object", path, state: "damaged" }));
  return {
    outputs: outputs.length,
    objects: there.length,
    checksums,
    versions: kept.versions,
    mismatches: [...broken, ...thrownAway, ...wrong, ...kept.wrong],
  };
}

/** What no rule makes any more may go or change as its owner likes. */
function outputsOf(project: Project, steps: readonly string[]): readonly Output[] {
  const { state, catalog } = project;
  // What a person decided on is what is due there.
  const standing = (step: string): Trace | undefined => state.overrides.get(step)?.trace ?? state.trace(step);
  return steps
    .flatMap((step) => (standing(step)?.outputs ?? []).map((output) => ({ ...output, step })))
    .filter(({ path }) => isMade(catalog, path) && digestOfRemoved(project, path) === undefined);
}

function brokenOutputs({ root, state }: Project, outputs: readonly Output[]): readonly Mismatch[] {
  // It believes no signature, so it reads every byte.
  const observer = new Observer(root, { signature: () => undefined });
  const broken = outputs.flatMap(({ path, digest, step }): readonly Mismatch[] => {
    const found = digestIn(observer, path);
    if (found === digest) return [];
    return [{ kind: "output", path, state: found === ABSENT ? "missing" : "changed", by: step }];
  });
  // Bytes may rot while size and times stay: from now on a build knows better, too.
  if (broken.length > 0) state.append({ signatures: observer.takeSignatures() });
  return broken;
}

/** Every file of the versions of models that these steps belong to. */
function checkedVersions(
  { root, units }: Project,
  steps: ReadonlySet<string>,
): { readonly versions: number; readonly wrong: readonly Mismatch[] } {
  const observer = new Observer(root, { signature: () => undefined });
  const asked = units.named.filter((unit) => unit.steps.some(({ id }) => steps.has(id)));
  const kept = asked.flatMap((unit) =>
    versionsKept(root, unit.folder)
      .filter(({ isKept }) => isKept)
      .map((version) => ({ version, unit })),
  );
  const wrong = kept.flatMap(({ version, unit }) =>
    version.files.flatMap(({ path, digest }): readonly Mismatch[] => {
      const place = `${versionFolder(unit.folder, version)}/${path}`;
      if (observer.digestAt(`${root}/${place}`, path).digest === digest) return [];
      return [{ kind: "version", path: place, state: "changed", by: unit.model }];
    }),
  );
  return { versions: kept.length, wrong };
}

/** Undefined for a directory with something in it that no output can have. */
function digestIn(observer: Observer, path: string): string | undefined {
  try {
    return observer.digestOf(path);
  } catch (error) {
    if (error instanceof PipeError) return undefined;
    throw error;
  }
}

/** A larger file is no list that somebody checks by hand. */
const LONGEST_LIST_BYTES = 1 << 20;

async function checkedLists(
  root: string,
  outputs: readonly Output[],
): Promise<{ readonly checksums: number; readonly wrong: readonly Mismatch[] }> {
  const lists = outputs.flatMap(({ path }) => {
    const isShort = !isDirectory(path) && statSync(`${root}/${path}`).size <= LONGEST_LIST_BYTES;
    const found = isShort ? checksumsIn(readFileSync(`${root}/${path}`, "utf8")) : undefined;
    return (found ?? []).map((checksum) => ({ ...checksum, list: path }));
  });
  if (lists.length === 0) return { checksums: 0, wrong: [] };
  const wrong = lists.flatMap(({ list, path, sha256 }): readonly Mismatch[] => {
    const file = fileNamed(root, list, path);
    if (file === undefined) return [{ kind: "checksum", path, state: "missing", by: list }];
    if (sha256Of(file) === sha256) return [];
    return [{ kind: "checksum", path, state: "changed", by: list }];
  });
  return { checksums: lists.length, wrong };
}

/** A list names files from the project's root, as it is written by an action, or else from its own folder. */
function fileNamed(root: string, list: string, path: string): string | undefined {
  const files = [resolve(root, path), resolve(root, dirname(list), path)];
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}
