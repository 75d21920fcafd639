/** What a Pipefile says of the cache. Pure. */

import type { Size } from "./rule.ts";

/** Where earlier outputs are kept, and how many bytes of them. */
export interface CacheOptions {
  /** A folder that projects may share: absolute, relative to the Pipefile's, or below `~/`. Default: `.pipe/cache`. */
  readonly folder?: string;
  /** The oldest go when there is more. Default: 10 GB. */
  readonly limit?: Size;
}
