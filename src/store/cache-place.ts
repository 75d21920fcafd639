/** Where a project's cache is, and how large it may be. */

import { homedir } from "node:os";
import { resolve } from "node:path";
import type { CacheOptions } from "../core/cache-option.ts";
import type { Size } from "../core/rule.ts";
import { sizeBytes } from "../core/tokens.ts";

export interface CachePlace {
  /** Absolute. */
  readonly folder: string;
  /** As declared. */
  readonly limit: Size;
  readonly limitBytes: number;
  /** True where other projects may use the folder too: what is in use by them is not known. */
  readonly isShared: boolean;
}

const FOLDER = ".pipe/cache";
const LIMIT: Size = "10GB";

/** The variable wins, so that a machine can bring the projects on it together. */
export function cachePlaceOf(
  root: string,
  from: { readonly options: CacheOptions | undefined; readonly variable: string | undefined },
): CachePlace {
  const { folder = FOLDER, limit = LIMIT } = from.options ?? {};
  const named = from.variable === undefined || from.variable === "" ? folder : from.variable;
  const place = resolve(root, named.replace(/^~(?=\/|$)/, homedir()));
  return {
    folder: place,
    limit,
    limitBytes: sizeBytes(limit) ?? 0,
    isShared: !place.startsWith(`${root}/.pipe/`),
  };
}
