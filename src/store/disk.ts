/** The world that a graph is drawn from: what stands on disk, what globs match, what pipe once built. */

import { readdirSync } from "node:fs";
import { dirname, posix } from "node:path";
import { isOwnFile } from "../core/artifact.ts";
import type { Disk } from "../core/catalog.ts";
import type { CheckedRule } from "../core/declaration.ts";
import { isFirm, overrideOf } from "../core/override.ts";
import type { Observer } from "./observer.ts";
import type { State } from "./state.ts";

interface DiskSources {
  readonly state: State;
  readonly observer: Observer;
  readonly rules: readonly CheckedRule[];
}

/** Most Pipefiles name their files; the libraries that match globs are loaded only for one that does not. */
export async function diskOf(root: string, { state, observer, rules }: DiskSources): Promise<Disk> {
  const hasGlobs = rules.some((rule) => rule.inputs.some((slot) => slot.glob !== undefined));
  const { default: fastGlob } = hasGlobs ? await import("fast-glob") : { default: undefined };
  const { default: picomatch } = hasGlobs ? await import("picomatch") : { default: undefined };
  return {
    exists: (path) => observer.exists(path),
    isFile: (path) => observer.exists(path) && !observer.isOfAnotherKind(path),
    isOfAnotherKind: (path) => observer.isOfAnotherKind(path),
    wasBuilt: (path) => state.builtDigest(path) !== undefined,
    holdsBuilt: (path) => state.builtDigest(path) === observer.digestOf(path),
    isHeld: (step) => isFirm(overrideOf(state.overrides, step)),
    siblings: (path) => filesBeside(`${root}/${path}`).map((name) => posix.join(posix.dirname(path), name)),
    members: (pattern) =>
      (fastGlob?.sync(pattern, { cwd: root, ignore: IGNORED }) ?? []).filter((path) => !isOwnFile(path)),
    matcher(pattern) {
      const isMatch = picomatch?.(pattern);
      // Its second parameter asks for an object instead of an answer, so it is never handed to filter() as it is.
      return (path) => isMatch?.(path) === true;
    },
  };
}

function filesBeside(file: string): readonly string[] {
  try {
    return readdirSync(dirname(file));
  } catch {
    // The folder is missing too, so nothing stands beside the file.
    return [];
  }
}

const IGNORED = [".pipe/**", "node_modules/**"];
