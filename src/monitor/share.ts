/** Whether a share, such as that of the rows that lack a value, is another in one sample than in another. Pure. */

import { drawsOf } from "./urn.ts";

/** Each side is how many rows have what is asked for, and how many there are. */
export interface Shares {
  readonly current: readonly [having: number, rows: number];
  readonly reference: readonly [having: number, rows: number];
}

/**
 * R. A. Fisher's exact test, with half of the level on either side: true where so many, or so few, would have it by chance
 * more seldom than that. False where a side has no rows. Exact for any counts, and never more often wrong than `level`.
 */
export function sharesDiffer({ current, reference }: Shares, level: number): boolean {
  const [[having, drawn], [others, rest]] = [current, reference];
  if (drawn === 0 || rest === 0) return false;
  let [atMost, atLeast] = [0, 0];
  for (const { count, probability } of drawsOf({ marked: having + others, drawn, all: drawn + rest })) {
    if (count <= having) atMost += probability;
    if (count >= having) atLeast += probability;
  }
  return Math.min(atMost, atLeast) <= level / 2;
}
