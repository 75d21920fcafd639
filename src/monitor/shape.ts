/** What a window is compared with: the bins of training, from the model or from a line that was written. Pure. */

import { createHash } from "node:crypto";
import { canonicalJson } from "../core/fingerprint.ts";
import type { Histogram, MonitoringWindow } from "../core/monitoring.ts";
import type { Json } from "../core/rule.ts";
import type { FeatureReference } from "../model/reference.ts";
import type { Monitored } from "./part.ts";

/** The bins of a histogram, and how many training rows each holds. */
export type Bins = Omit<Histogram, "counts">;

export interface FeatureShape {
  readonly name: string;
  readonly type: "number" | "category" | "text";
  /** Null where the model does not say. */
  readonly bins: Bins | null;
  readonly missingReference: number | null;
}

export interface Shape {
  readonly digest: string;
  readonly referenceDigest: string | null;
  readonly features: readonly FeatureShape[];
  readonly prediction: Bins | null;
  readonly rmse: number | null;
}

export const shapeOf = (model: Monitored): Shape => {
  const { digest, features, prediction, rmse = null } = model;
  return {
    digest,
    referenceDigest: referenceDigestOf(model),
    features: features.map(({ name, type, reference }) => ({
      name,
      type,
      bins: binsOf(reference),
      missingReference: reference?.missing ?? null,
    })),
    prediction: binsOf(prediction),
    rmse,
  };
};

/** What a line was compared with. */
export const shapeIn = ({ model_digest, reference_digest, data, model }: MonitoringWindow): Shape => ({
  digest: model_digest,
  referenceDigest: reference_digest,
  features: data.features.map(({ name, type, histogram, missing_reference }) => ({
    name,
    type,
    bins: withoutCounts(histogram),
    missingReference: missing_reference,
  })),
  prediction: withoutCounts(model.prediction.histogram),
  rmse: model.labels.rmse_reference,
});

function binsOf(reference: FeatureReference | undefined): Bins | null {
  if (reference === undefined) return null;
  const { counts } = reference;
  return reference.type === "number"
    ? { edges: reference.edges, reference: counts }
    : { categories: reference.categories, reference: counts };
}

function withoutCounts(histogram: Histogram | null): Bins | null {
  if (histogram === null) return null;
  const { counts: _, ...bins } = histogram;
  return bins;
}

function referenceDigestOf({ features, prediction }: Monitored): string | null {
  if (features.every(({ reference }) => reference === undefined)) return null;
  const known = { features: features.map(({ reference = null }) => reference), prediction: prediction ?? null };
  return createHash("sha256")
    .update(canonicalJson(known as unknown as Json))
    .digest("hex");
}
