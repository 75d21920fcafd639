/** A model with what depends on it alone, made once: how its rows are read, and the headers of its answers. Pure. */

import { JSON_HEADERS, type Headers } from "./answer.ts";
import { readingOf, type Reading } from "./rows.ts";
import type { Served } from "./served.ts";

export interface Hosted {
  readonly served: Served;
  readonly reading: Reading;
  readonly headers: Headers;
  /** The first digits of the digest. */
  readonly version: string;
}

const VERSION_DIGITS = 12;
export const versionOf = ({ digest }: Served): string => digest.slice(0, VERSION_DIGITS);

/** What the model is hosted with. The same model gives the same. */
export function hosting(): (served: Served) => Hosted {
  const known = new WeakMap<Served, Hosted>();
  return (served) => {
    const before = known.get(served);
    if (before !== undefined) return before;
    const version = versionOf(served);
    const headers: Headers = [...JSON_HEADERS, "x-model-digest", version];
    const hosted = { served, reading: readingOf(served.schema), headers, version };
    known.set(served, hosted);
    return hosted;
  };
}
