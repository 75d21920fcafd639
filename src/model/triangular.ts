/**
 * The small triangle that any number of rows come down to in a least-squares fit.
 *
 * A = Q R, with Q orthogonal and R upper triangular. Q keeps lengths, so |A b| = |R b| for every b: whatever minimizes
 * over the rows of R minimizes over the rows of A, and R is as small as A has columns. Rows are taken in one at a time
 * by Givens rotations, so that it makes no difference how they come in batches. Pure, but for the rows it is given and
 * the triangle it adds them to, which are written over.
 *
 * After G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed.: section 5.1 (Givens rotations), 5.2 (the QR
 * factorization), 5.3 (least squares by it) and 6.5 (rows that are added to it).
 */

/** R, and how wide it is. */
export interface Triangle {
  /** Columns of R and of the rows that go into it. */
  readonly width: number;
  /** `width` × `width`, row after row; 0 below the diagonal, and never negative on it. */
  readonly values: Float64Array;
}

/** The triangle of no rows. */
export function emptyTriangle(width: number): Triangle {
  return { width, values: new Float64Array(width * width) };
}

/** Takes rows in. They lie one after the other in `rows`, each as wide as the triangle, and are written over. */
export function takeRows(triangle: Triangle, rows: Float64Array): void {
  for (let start = 0; start < rows.length; start += triangle.width)
    takeRow(triangle, rows.subarray(start, start + triangle.width));
}

/**
 * Rotates each number of the row into the diagonal below which it stands. Of the two ways to write the rotation, that
 * is taken whose root is of a number from 1 to 2, which cannot overflow. Only + − × ÷ and √ are used, each of which
 * IEEE 754 rounds in one way: the same rows in the same order give the same bits everywhere.
 */
function takeRow({ width, values }: Triangle, row: Float64Array): void {
  for (let at = 0; at < width; at++) {
    const below = row[at] as number;
    if (below === 0) continue;
    const diagonal = values[at * width + at] as number;
    const isBelowLarger = Math.abs(below) > diagonal;
    const ratio = isBelowLarger ? diagonal / below : below / diagonal;
    const root = isBelowLarger ? Math.sign(below) * Math.sqrt(1 + ratio * ratio) : Math.sqrt(1 + ratio * ratio);
    const [cosine, sine] = isBelowLarger ? [ratio / root, 1 / root] : [1 / root, ratio / root];
    values[at * width + at] = isBelowLarger ? below * root : diagonal * root;
    for (let other = at + 1; other < width; other++) {
      const above = values[at * width + other] as number;
      const beside = row[other] as number;
      values[at * width + other] = cosine * above + sine * beside;
      row[other] = cosine * beside - sine * above;
    }
  }
}

/** A least-squares problem as small as its columns. */
export interface Reduced {
  /** The means of the columns of x and y, over all rows. */
  readonly means: { readonly x: readonly number[]; readonly y: number };
  /** The standard deviation of each column of x: the root of the mean square around its mean. */
  readonly deviations: readonly number[];
  /** `x[i]` belongs to `y[i]`: rows with the same least-squares solutions, without intercept, as all rows around their means. */
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
}

/**
 * What a triangle of rows [1 x y], at least one, says of y by x. The first row of R is √n times the means; the others,
 * which are 0 below the ones, are the triangle of the rows around their means.
 */
export function reducedOf({ width, values }: Triangle): Reduced {
  const rows = Array.from({ length: width }, (_, at) => [...values.subarray(at * width + 1, (at + 1) * width)]);
  const [first = [], ...centered] = rows;
  const rootOfCount = values[0] ?? 0;
  const means = first.map((value) => value / rootOfCount);
  const lengthOf = (at: number): number => Math.sqrt(centered.reduce((sum, row) => sum + (row[at] ?? 0) ** 2, 0));
  return {
    means: { x: means.slice(0, -1), y: means.at(-1) ?? Number.NaN },
    deviations: means.slice(0, -1).map((_, at) => lengthOf(at) / rootOfCount),
    x: centered.map((row) => row.slice(0, -1)),
    y: centered.map((row) => row.at(-1) ?? Number.NaN),
  };
}
