/** Random samples, and counts of samples, that are the same in each run. */

export interface Source {
  /** At least 0, less than 1. */
  readonly uniform: () => number;
  readonly normal: () => number;
  /** How many of so many rows fall into each bin. */
  readonly multinomial: (rows: number, shares: readonly number[]) => readonly number[];
  /** The shares that lie between the edges of bins, which ranks of a continuous sample are: a Dirichlet distribution. */
  readonly spacings: (counts: readonly number[]) => readonly number[];
}

export function sourceOf(seed: number): Source {
  const uniform = mulberry(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const gamma = gammaOf(uniform, normal);
  const binomial = binomialOf(uniform, gamma);
  return {
    uniform,
    normal,
    multinomial: (rows, shares) => {
      let [left, mass] = [rows, shares.reduce((sum, share) => sum + share, 0)];
      return shares.map((share, at) => {
        const count = at === shares.length - 1 ? left : binomial(left, Math.min(1, share / mass));
        left -= count;
        mass -= share;
        return count;
      });
    },
    spacings: (counts) => {
      // The last edge is a row of the bin before it, so what follows the last one is one spacing more.
      const drawn = counts.map((count, at) => gamma(at === counts.length - 1 ? count + 1 : count));
      const sum = drawn.reduce((all, each) => all + each, 0);
      return drawn.map((each) => each / sum);
    },
  };
}

/** T. Ettinger's generator of 32 bits. */
function mulberry(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** G. Marsaglia, W. W. Tsang, A simple method for generating gamma variables, 2000; for shapes from 1 on. */
const gammaOf =
  (uniform: () => number, normal: () => number) =>
  (shape: number): number => {
    const [d, c] = [shape - 1 / 3, 1 / Math.sqrt(9 * (shape - 1 / 3))];
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };

/** By the median of the rows, which a beta distribution gives, until few are left: J. H. Ahrens, U. Dieter, 1974. */
const binomialOf =
  (uniform: () => number, gamma: (shape: number) => number) =>
  (rows: number, share: number): number => {
    let [left, p, count] = [rows, share, 0];
    while (left > 30) {
      const below = 1 + Math.floor(left / 2);
      const [one, other] = [gamma(below), gamma(left + 1 - below)];
      const middle = one / (one + other);
      if (middle >= p) [left, p] = [below - 1, p / middle];
      else [count, left, p] = [count + below, left - below, (p - middle) / (1 - middle)];
    }
    for (let at = 0; at < left; at++) if (uniform() < p) count += 1;
    return count;
  };

/** What a count of `trials` exceeds with a probability of at most 0.001, if each comes with the probability `share`. */
export function atMost(trials: number, share: number): number {
  let [probability, sum, count] = [(1 - share) ** trials, (1 - share) ** trials, 0];
  while (sum < 0.999) {
    probability *= ((trials - count) / (count + 1)) * (share / (1 - share));
    sum += probability;
    count += 1;
  }
  return count;
}
