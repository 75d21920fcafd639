/**
 * Exact quantiles of numbers that can be read more than once, in memory that does not grow with them.
 *
 * The bits of a double, those of a negative one all turned and else the sign alone, order as the numbers do. Each of
 * four readings counts, by their next 16 bits, the numbers that share what is known of a wanted one, which tells its
 * next 16 bits. Where these are few, the next reading takes them as they are and is the last. (Radix sorting by the most significant digit, turned to selection: D. E. Knuth, The Art of Computer
 * Programming 3, 2nd ed., section 5.2.5.)
 */

const DIGITS = 4;
const RADIX = 0x1_0000;
const SIGN = 0x8000;
/** So many numbers take less room than a count of each next digit, and less time. */
const FEW = 4096;

/** The number of a rank. */
export interface Ranked {
  readonly value: number;
  /** How many numbers are as small, itself among them. */
  readonly atMost: number;
}

/** Numbers that lie between two, ends included, and that a wanted one is among; all are the same where the ends are. */
interface Group {
  readonly least: number;
  readonly greatest: number;
  /** How many numbers are less than all of these, and how many these are; the latter is known from the first reading on. */
  readonly below: number;
  readonly size: number;
  /** The digits that these and no others share, most significant first. */
  readonly digits: readonly number[];
  /** What this reading tells of them: how often each next digit occurs, or where they are few, which they are. */
  readonly counts?: Uint32Array;
  readonly few?: number[];
}

/**
 * Finds the numbers of some ranks: `while (!search.isDone) { for (const value of all) search.add(value); search.next(); }`
 */
export class RankSearch {
  readonly #ranks: readonly number[];
  readonly #double = new Float64Array(1);
  /** The same bytes as digits, the least significant first wherever Node runs. */
  readonly #digits = new Uint16Array(this.#double.buffer);
  /** From the least numbers to the greatest. Ranks that share their digits share one, however many there are. */
  #groups: readonly Group[];

  /** Ranks count from 0, which is the least number's; there may be fewer than 2³² numbers. */
  constructor(ranks: readonly number[]) {
    this.#ranks = ranks;
    const all = { least: -Infinity, greatest: Infinity, below: 0, size: 0, digits: [] };
    this.#groups = ranks.length === 0 ? [] : [{ ...all, counts: new Uint32Array(RADIX) }];
  }

  get isDone(): boolean {
    return this.#groups.every(isSettled);
  }

  /** One number of this reading; it is finite. */
  add(value: number): void {
    for (const { least, greatest, digits, counts, few } of this.#groups) {
      if (value > greatest) continue;
      if (value < least) return;
      if (counts !== undefined) {
        const digit = this.#digitOf(value, digits.length);
        counts[digit] = (counts[digit] as number) + 1;
      } else few?.push(value + 0);
      return;
    }
  }

  /** All numbers have been read once more. */
  next(): void {
    this.#groups = this.#groups.flatMap((group) => {
      if (group.counts !== undefined) return this.#divided(group, group.counts);
      return group.few === undefined ? [group] : this.#settled(group, group.few);
    });
  }

  /** The number of each rank, in the order in which they were asked for. */
  get found(): readonly Ranked[] {
    return this.#ranks.map((rank) => {
      const group = this.#groups.find(({ below, size }) => rank < below + size);
      if (group === undefined) throw new RangeError(`there is no number of the rank ${rank}`);
      return { value: group.least, atMost: group.below + group.size };
    });
  }

  /** The groups by one digit more that a rank is among. */
  #divided({ digits, below }: Group, counts: Uint32Array): readonly Group[] {
    const groups: Group[] = [];
    let before = below;
    for (let digit = 0; digit < RADIX; digit++) {
      const size = counts[digit] as number;
      if (size > 0 && this.#isWanted(before, size)) groups.push(this.#groupOf([...digits, digit], before, size));
      before += size;
    }
    return groups;
  }

  #groupOf(digits: readonly number[], below: number, size: number): Group {
    const [least, greatest] = [this.#valueOf(digits, 0), this.#valueOf(digits, RADIX - 1)];
    const group = { least, greatest, below, size, digits };
    if (isSettled(group)) return group;
    return size <= FEW ? { ...group, few: [] } : { ...group, counts: new Uint32Array(RADIX) };
  }

  /** A group for each number that a rank is among. */
  #settled({ below }: Group, few: readonly number[]): readonly Group[] {
    const sorted = Float64Array.from(few).toSorted();
    const groups: Group[] = [];
    for (let start = 0, end = 0; start < sorted.length; start = end) {
      const value = sorted[start] as number;
      while (sorted[end] === value) end += 1;
      const group = { least: value, greatest: value, below: below + start, size: end - start, digits: [] };
      if (this.#isWanted(group.below, group.size)) groups.push(group);
    }
    return groups;
  }

  #isWanted(below: number, size: number): boolean {
    return this.#ranks.some((rank) => rank >= below && rank < below + size);
  }

  /** A digit of the number, turned so that digits order as numbers do. */
  #digitOf(value: number, at: number): number {
    // Which makes 0 of −0.
    this.#double[0] = value + 0;
    const digit = this.#digits[DIGITS - 1 - at] as number;
    if (value < 0) return digit ^ 0xffff;
    return at === 0 ? digit ^ SIGN : digit;
  }

  /** The number of these digits, all that follow being `rest`. */
  #valueOf(digits: readonly number[], rest: number): number {
    const isNegative = (digits[0] as number) < SIGN;
    for (let at = 0; at < DIGITS; at++)
      this.#digits[DIGITS - 1 - at] = (digits[at] ?? rest) ^ (isNegative ? 0xffff : at === 0 ? SIGN : 0);
    const value = this.#double[0] as number;
    // No number is −0, but it would be taken for the end of a group that 0 is not in.
    return Object.is(value, -0) ? -Number.MIN_VALUE : value;
  }
}

const isSettled = ({ least, greatest }: Pick<Group, "least" | "greatest">): boolean => least === greatest;

/** The ranks between which a quantile of `count` numbers lies, and how far from the first: type 7 of Hyndman and Fan, 1996. */
export function ranksOf(
  quantile: number,
  count: number,
): { readonly ranks: readonly [number, number]; readonly share: number } {
  const place = quantile * (count - 1);
  const below = Math.floor(place);
  return { ranks: [below, Math.ceil(place)], share: place - below };
}
