/**
 * Exact quantiles of numbers that can be read more than once, in memory that does not grow with them.
 *
 * The bits of a double, those of a negative one all turned and else the sign alone, order as the numbers do. Each of
 * four readings counts, by their next 16 bits, the numbers that share what is known of a wanted one, which tells its
 * next 16 bits. (Radix sorting by the most significant digit, turned to selection: D. E. Knuth, The Art of Computer
 * Programming 3, 2nd ed., section 5.2.5.)
 */

const DIGITS = 4;
const RADIX = 0x1_0000;
const SIGN = 0x8000;

/** What is known of the number of one rank. */
interface Wanted {
  /** Its digits, most significant first; those after the known ones are 0. */
  readonly digits: Uint16Array;
  /** Its rank among the numbers that share the known digits. */
  rank: number;
  /** How often each next digit occurs among them. */
  counts: Uint32Array;
}

/**
 * Finds the numbers of some ranks: `while (!search.isDone) { for (const value of all) search.add(value); search.next(); }`
 */
export class RankSearch {
  readonly #wanted: readonly Wanted[];
  readonly #double = new Float64Array(1);
  /** The same bytes as digits, the least significant first wherever Node runs. */
  readonly #digits = new Uint16Array(this.#double.buffer);
  #known = 0;

  /** Ranks count from 0, which is the least number's; there may be fewer than 2³² numbers. */
  constructor(ranks: readonly number[]) {
    this.#wanted = ranks.map((rank) => ({ rank, digits: new Uint16Array(DIGITS), counts: new Uint32Array(RADIX) }));
  }

  get isDone(): boolean {
    return this.#known === DIGITS || this.#wanted.length === 0;
  }

  /** One number of this reading; it is finite. */
  add(value: number): void {
    // Which makes 0 of −0.
    this.#double[0] = value + 0;
    const digits = this.#digits;
    const flip = value < 0 ? 0xffff : 0;
    for (let at = 0; at < DIGITS; at++) digits[at] = (digits[at] as number) ^ flip;
    if (value >= 0) digits[DIGITS - 1] = (digits[DIGITS - 1] as number) ^ SIGN;
    const next = digits[DIGITS - 1 - this.#known] as number;
    for (const wanted of this.#wanted)
      if (this.#shares(wanted)) wanted.counts[next] = (wanted.counts[next] as number) + 1;
  }

  /** All numbers have been read once more. */
  next(): void {
    for (const wanted of this.#wanted) {
      let digit = 0;
      for (; digit < RADIX - 1 && wanted.rank >= (wanted.counts[digit] as number); digit++)
        wanted.rank -= wanted.counts[digit] as number;
      wanted.digits[this.#known] = digit;
      wanted.counts.fill(0);
    }
    this.#known += 1;
  }

  /** The number of each rank, in the order in which they were asked for. */
  get values(): readonly number[] {
    return this.#wanted.map(({ digits }) => {
      const isNegative = (digits[0] as number) < SIGN;
      for (let at = 0; at < DIGITS; at++)
        this.#digits[DIGITS - 1 - at] = (digits[at] as number) ^ (isNegative ? 0xffff : at === 0 ? SIGN : 0);
      return this.#double[0] as number;
    });
  }

  #shares({ digits }: Wanted): boolean {
    for (let at = 0; at < this.#known; at++) if (this.#digits[DIGITS - 1 - at] !== digits[at]) return false;
    return true;
  }
}

/** The ranks between which a quantile of `count` numbers lies, and how far from the first: type 7 of Hyndman and Fan, 1996. */
export function ranksOf(
  quantile: number,
  count: number,
): { readonly ranks: readonly [number, number]; readonly share: number } {
  const place = quantile * (count - 1);
  const below = Math.floor(place);
  return { ranks: [below, Math.ceil(place)], share: place - below };
}
