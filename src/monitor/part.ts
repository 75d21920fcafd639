/** What was counted of a model by one process in some span: plain data that adds up, in whatever order it comes. Pure. */

import type { KpiWindow, LabelMoments } from "../core/monitoring.ts";
import type { FeatureReference, NumberReference, Reference } from "../model/reference.ts";
import { addedLabels, NO_LABELS } from "./label.ts";
import { mergedSketch, sketchText } from "./sketch.ts";

/** A model as it is monitored. */
export interface Monitored {
  /** SHA-256 of its file, hex. */
  readonly digest: string;
  /** In the order of a row's values. */
  readonly features: readonly MonitoredFeature[];
  /** Of the predictions in training; undefined where it is not known, or where they are no numbers. */
  readonly prediction: NumberReference | undefined;
  /** As it was measured when the model was made, in the target's unit. */
  readonly rmse: number | undefined;
}

export interface MonitoredFeature {
  readonly name: string;
  readonly type: "number" | "category" | "text";
  /** What training saw; undefined where the model does not say. */
  readonly reference: FeatureReference | undefined;
}

/** Of a model's features, and what training saw of each where it is known. */
export const monitoredOf = (of: {
  readonly digest: string;
  readonly features: readonly { readonly name: string; readonly type: "number" | "integer" | "category" | "text" }[];
  readonly reference: Reference | undefined;
  readonly rmse: number | undefined;
}): Monitored => ({
  digest: of.digest,
  features: of.features.map(({ name, type }, at) => ({
    name,
    type: type === "integer" ? "number" : type,
    reference: of.reference?.features[at],
  })),
  prediction: of.reference?.prediction,
  rmse: of.rmse,
});

export interface FeatureCounts {
  /** By the bins of the reference; none without one. */
  readonly counts: readonly number[];
  readonly missing: number;
  readonly newCategories: number;
  readonly outOfRange: number;
}

export interface PredictionCounts {
  /** How many numbers; predictions that are no number are rows alone. */
  readonly n: number;
  readonly counts: readonly number[];
  /** Null where there was no number. */
  readonly least: number | null;
  readonly greatest: number | null;
  readonly sketch: string | undefined;
}

export interface RequestCounts {
  readonly requests: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
  readonly shed: number;
  /** In seconds. */
  readonly greatest: number;
  readonly sketch: string | undefined;
}

export interface Part {
  /** Rows that were predicted for. */
  readonly rows: number;
  readonly refusedRequests: number;
  /** `features[i]` belongs to the model's. */
  readonly features: readonly FeatureCounts[];
  readonly prediction: PredictionCounts;
  readonly requests: RequestCounts;
  readonly labels: LabelMoments;
  readonly kpis: Readonly<Record<string, KpiWindow>>;
}

export const NO_REQUESTS: RequestCounts = {
  requests: 0,
  clientErrors: 0,
  serverErrors: 0,
  shed: 0,
  greatest: 0,
  sketch: undefined,
};

/** Nothing yet, of a model. */
export const emptyPart = ({ features, prediction }: Monitored): Part => ({
  rows: 0,
  refusedRequests: 0,
  features: features.map(({ reference }) => ({
    counts: zerosOf(reference),
    missing: 0,
    newCategories: 0,
    outOfRange: 0,
  })),
  prediction: { n: 0, counts: zerosOf(prediction), least: null, greatest: null, sketch: undefined },
  requests: NO_REQUESTS,
  labels: NO_LABELS,
  kpis: {},
});

export const zerosOf = (reference: FeatureReference | undefined): number[] => reference?.counts.map(() => 0) ?? [];

/** Both together; they are of one model. */
export const addedParts = (one: Part, other: Part): Part => ({
  rows: one.rows + other.rows,
  refusedRequests: one.refusedRequests + other.refusedRequests,
  features: one.features.map((each, at) => addedFeatures(each, other.features[at] ?? each)),
  prediction: addedPredictions(one.prediction, other.prediction),
  requests: addedRequests(one.requests, other.requests),
  labels: addedLabels(one.labels, other.labels),
  kpis: addedKpis(one.kpis, other.kpis),
});

const addedCounts = (one: readonly number[], other: readonly number[]): readonly number[] =>
  one.map((count, at) => count + (other[at] ?? 0));

const addedFeatures = (one: FeatureCounts, other: FeatureCounts): FeatureCounts => ({
  counts: addedCounts(one.counts, other.counts),
  missing: one.missing + other.missing,
  newCategories: one.newCategories + other.newCategories,
  outOfRange: one.outOfRange + other.outOfRange,
});

const addedPredictions = (one: PredictionCounts, other: PredictionCounts): PredictionCounts => ({
  n: one.n + other.n,
  counts: addedCounts(one.counts, other.counts),
  least: lesser(one.least, other.least),
  greatest: greater(one.greatest, other.greatest),
  sketch: sketchText(mergedSketch([one.sketch, other.sketch])),
});

const addedRequests = (one: RequestCounts, other: RequestCounts): RequestCounts => ({
  requests: one.requests + other.requests,
  clientErrors: one.clientErrors + other.clientErrors,
  serverErrors: one.serverErrors + other.serverErrors,
  shed: one.shed + other.shed,
  greatest: Math.max(one.greatest, other.greatest),
  sketch: sketchText(mergedSketch([one.sketch, other.sketch])),
});

function addedKpis(one: Part["kpis"], other: Part["kpis"]): Part["kpis"] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, addedKpi(figureIn(one, name), figureIn(other, name))]));
}

/** A figure may be named as something that every object has. */
const figureIn = (kpis: Part["kpis"], name: string): KpiWindow | undefined =>
  Object.hasOwn(kpis, name) ? kpis[name] : undefined;

export function addedKpi(one: KpiWindow | undefined, other: KpiWindow | undefined): KpiWindow {
  if (one === undefined || other === undefined) return (one ?? other) as KpiWindow;
  const [n, sum] = [one.n + other.n, one.sum + other.sum];
  const least = Math.min(one.least, other.least);
  return { n, sum, mean: sum / n, least, greatest: Math.max(one.greatest, other.greatest) };
}

const lesser = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
const greater = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);
