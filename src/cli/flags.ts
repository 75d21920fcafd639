/** What the flags of a build mean. */

import { availableParallelism } from "node:os";
import type { Force } from "../core/force.ts";
import { badJobs, unknownRule } from "../core/usage.ts";
import { nearest } from "../core/nearest.ts";
import type { Project } from "../project.ts";
import type { Flags } from "./parse.ts";

export const usesCache = (flags: Flags): boolean => flags["no-cache"] !== true;

export function jobsFrom(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  if (!/^[1-9]\d{0,5}$/.test(text)) throw badJobs({ text });
  return Number(text);
}

/** A bare `--force` is the empty name, which means all. */
export function forceFrom(names: readonly string[] | undefined, { catalog }: Project): Force {
  if (names === undefined) return [];
  if (names.includes("")) return "all";
  const steps = new Set(catalog.steps.map((step) => step.id));
  const unknown = names.find((name) => !catalog.rules.has(name) && !steps.has(name));
  if (unknown === undefined) return names;
  throw unknownRule({ rule: unknown, near: nearest(unknown, catalog.rules.keys()) });
}
