/** Counts what a process of the service does: its requests with how long they took, and what came of its models. */

/** The upper bounds of the buckets, in seconds: OpenTelemetry's advice for `http.server.request.duration`. */
export const BOUNDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** What came of a model that was to be put in service. */
export const OUTCOMES = ["live", "refused", "rolled-back"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The requests that had the same route, method and status. */
export interface Series {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Of all of them together. Whole, so that a sum is the same in whatever order it is made. */
  readonly totalMicroseconds: number;
  /** How many ended in each bucket alone; the last is above every bound. */
  readonly buckets: readonly number[];
}

/** All that was counted until now; plain JSON. */
export interface MeterSnapshot {
  readonly inFlight: number;
  readonly shed: number;
  readonly aborted: number;
  readonly predictedRows: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** In the order of their routes, methods and statuses. */
  readonly series: readonly Series[];
}

interface OpenSeries extends Series {
  totalMicroseconds: number;
  readonly buckets: number[];
}

/** A client may send any word as its method: what is not one of these is counted as `_OTHER`. */
const METHODS = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]);
const OTHER = "_OTHER";

/** What a client is counted under that left before it had its answer. */
const CLIENT_CLOSED_REQUEST = 499;

export class Meter {
  // A map within a map within a map: a key made of all three would be a new string for each request.
  readonly #series = new Map<string, Map<string, Map<number, OpenSeries>>>();
  readonly #outcomes: Record<Outcome, number> = { live: 0, refused: 0, "rolled-back": 0 };
  #shed = 0;
  #aborted = 0;
  #predictedRows = 0;

  record(of: {
    readonly route: string;
    readonly method: string;
    readonly status: number;
    readonly seconds: number;
    readonly isAborted: boolean;
  }): void {
    if (of.isAborted) this.#aborted++;
    const method = METHODS.has(of.method) ? of.method : OTHER;
    const series = this.#of(of.route, method, of.isAborted ? CLIENT_CLOSED_REQUEST : of.status);
    series.totalMicroseconds += Math.round(of.seconds * 1e6);
    const bucket = bucketOf(of.seconds);
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  }

  /** A request was told to come again. */
  shed(): void {
    this.#shed++;
  }

  predicted(rowCount: number): void {
    this.#predictedRows += rowCount;
  }

  outcome(of: Outcome): void {
    this.#outcomes[of]++;
  }

  snapshot(inFlight: number): MeterSnapshot {
    const series = [...this.#series.values()].flatMap((methods) =>
      [...methods.values()].flatMap((statuses) => [...statuses.values()]),
    );
    return {
      inFlight,
      shed: this.#shed,
      aborted: this.#aborted,
      predictedRows: this.#predictedRows,
      outcomes: { ...this.#outcomes },
      series: series.map((each) => ({ ...each, buckets: [...each.buckets] })).toSorted(inOrder),
    };
  }

  #of(route: string, method: string, status: number): OpenSeries {
    let methods = this.#series.get(route);
    if (methods === undefined) this.#series.set(route, (methods = new Map()));
    let statuses = methods.get(method);
    if (statuses === undefined) methods.set(method, (statuses = new Map()));
    let series = statuses.get(status);
    if (series === undefined) {
      series = { route, method, status, totalMicroseconds: 0, buckets: BOUNDS.map(() => 0).concat(0) };
      statuses.set(status, series);
    }
    return series;
  }
}

/** The sum of what several processes counted; of none, nothing. */
export function mergedSnapshots(list: readonly MeterSnapshot[]): MeterSnapshot {
  const sumOf = (number: (of: MeterSnapshot) => number): number => list.reduce((sum, each) => sum + number(each), 0);
  const outcomes = OUTCOMES.map((outcome) => [outcome, sumOf((each) => each.outcomes[outcome])]);
  return {
    inFlight: sumOf((each) => each.inFlight),
    shed: sumOf((each) => each.shed),
    aborted: sumOf((each) => each.aborted),
    predictedRows: sumOf((each) => each.predictedRows),
    outcomes: Object.fromEntries(outcomes) as Record<Outcome, number>,
    series: mergedSeries(list.flatMap(({ series }) => series)),
  };
}

function mergedSeries(list: readonly Series[]): readonly Series[] {
  const merged = new Map<string, Series>();
  for (const each of list) {
    const key = `${each.status} ${each.method} ${each.route}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? each : sumOfTwo(known, each));
  }
  return [...merged.values()].toSorted(inOrder);
}

const sumOfTwo = (a: Series, b: Series): Series => ({
  ...a,
  totalMicroseconds: a.totalMicroseconds + b.totalMicroseconds,
  buckets: a.buckets.map((count, at) => count + (b.buckets[at] ?? 0)),
});

/** A request that took just as long as a bound says is below it. */
function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] ?? 0)) bucket++;
  return bucket;
}

const inOrder = (a: Series, b: Series): number =>
  ordered(a.route, b.route) || ordered(a.method, b.method) || a.status - b.status;

const ordered = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
