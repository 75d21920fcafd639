/** Counts what a model is asked and what it says, one request at a time, in memory that does not grow with them. */

import { binOf, type Bin, type NumberReference } from "../model/reference.ts";
import type { Cell, Row } from "../model/schema.ts";
import { NO_LABELS } from "./label.ts";
import { zerosOf, type FeatureCounts, type Monitored, type MonitoredFeature, type Part } from "./part.ts";
import { emptySketch, inSketch, sketchText } from "./sketch.ts";

/** A number, a label, or of many targets a list of numbers. */
export type Said = number | string | readonly number[];

export class Gathering {
  readonly model: Monitored;
  #open: Open;

  constructor(model: Monitored) {
    this.model = model;
    this.#open = new Open(model);
  }

  /** `row[i]` belongs to the model's `features[i]`, `predictions[i]` to `rows[i]`. */
  predicted(rows: readonly Row[], predictions: readonly Said[]): void {
    for (const row of rows) this.#open.row(row);
    for (const prediction of predictions) if (typeof prediction === "number") this.#open.prediction(prediction);
  }

  /** A request for predictions was answered. */
  answered(status: number, seconds: number): void {
    this.#open.request(status, seconds);
  }

  /** A request was told to come again. */
  shed(): void {
    this.#open.shed += 1;
  }

  /** A request was refused for what a row holds; `newCategoryOf` names the feature where it is a category that training never saw. */
  refused(newCategoryOf: string | undefined): void {
    this.#open.refusedRequests += 1;
    const at = this.model.features.findIndex(({ name }) => name === newCategoryOf);
    const feature = this.#open.features[at];
    if (feature !== undefined) feature.newCategories += 1;
  }

  /** All since the last time, which begins anew. */
  taken(): Part {
    const open = this.#open;
    this.#open = new Open(this.model);
    return open.part();
  }
}

interface OpenFeature extends FeatureCounts {
  readonly type: MonitoredFeature["type"];
  readonly reference: MonitoredFeature["reference"];
  readonly counts: number[];
  missing: number;
  newCategories: number;
  outOfRange: number;
}

class Open {
  readonly features: readonly OpenFeature[];
  refusedRequests = 0;
  shed = 0;
  #rows = 0;
  readonly #reference: NumberReference | undefined;
  readonly #prediction: { n: number; readonly counts: number[]; least: number; greatest: number };
  readonly #predictions = emptySketch();
  readonly #requests = { requests: 0, clientErrors: 0, serverErrors: 0, greatest: 0 };
  readonly #latencies = emptySketch();

  constructor({ features, prediction }: Monitored) {
    this.#reference = prediction;
    this.#prediction = { n: 0, counts: zerosOf(prediction), least: Infinity, greatest: -Infinity };
    this.features = features.map(({ type, reference }) => ({
      type,
      reference,
      counts: zerosOf(reference),
      missing: 0,
      newCategories: 0,
      outOfRange: 0,
    }));
  }

  row(row: Row): void {
    this.#rows += 1;
    for (let at = 0; at < this.features.length; at++) counted(this.features[at] as OpenFeature, row[at] ?? null);
  }

  prediction(value: number): void {
    const prediction = this.#prediction;
    prediction.n += 1;
    if (value < prediction.least) prediction.least = value;
    if (value > prediction.greatest) prediction.greatest = value;
    this.#predictions.accept(inSketch(value));
    if (this.#reference === undefined) return;
    const bin = binOf(this.#reference, value);
    if (typeof bin === "number") increased(prediction.counts, bin);
  }

  request(status: number, seconds: number): void {
    const requests = this.#requests;
    requests.requests += 1;
    if (status >= 500) requests.serverErrors += 1;
    else if (status >= 400) requests.clientErrors += 1;
    if (seconds > requests.greatest) requests.greatest = seconds;
    this.#latencies.accept(inSketch(seconds));
  }

  part(): Part {
    const { n, counts, least, greatest } = this.#prediction;
    const isAny = n > 0;
    return {
      rows: this.#rows,
      refusedRequests: this.refusedRequests,
      features: this.features.map(({ counts, missing, newCategories, outOfRange }) => ({
        counts,
        missing,
        newCategories,
        outOfRange,
      })),
      prediction: {
        n,
        counts,
        least: isAny ? least : null,
        greatest: isAny ? greatest : null,
        sketch: sketchText(this.#predictions),
      },
      requests: { ...this.#requests, shed: this.shed, sketch: sketchText(this.#latencies) },
      labels: NO_LABELS,
      kpis: {},
    };
  }
}

function counted(feature: OpenFeature, cell: Cell): void {
  const { reference } = feature;
  if (cell === null) {
    feature.missing += 1;
    return;
  }
  if (reference === undefined) return;
  const bin: Bin = binOf(reference, cell);
  if (typeof bin === "number") increased(feature.counts, bin);
  else if (bin === "unknown") feature.newCategories += 1;
  if (reference.type === "number" && typeof cell === "number" && (cell < reference.least || cell > reference.greatest))
    feature.outOfRange += 1;
}

const increased = (counts: number[], at: number): void => {
  counts[at] = (counts[at] as number) + 1;
};
