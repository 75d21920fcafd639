/** Measures a fitted model: on the rows held out, and on its own; and puts down what it does there for those to come. */

import {
  categoryReference,
  Measurement,
  numberReference,
  predict,
  summingOf,
  type CategorySummary,
  type ColumnSummary,
  type Feature,
  type FeatureReference,
  type GoldenRow,
  type Metrics,
  type NumberReference,
  type NumberSummary,
  type Predictor,
} from "pipefile/model";
import { Evaluation } from "./evaluation.ts";
import type { Example } from "./examples.ts";
import { Golden } from "./golden.ts";
import { HoldoutDigest } from "./holdout.ts";
import { Spool } from "./spool.ts";
import { quantilesOf, type Quantiles, type Survey } from "./survey.ts";

export interface Measured {
  /** On the rows held out; `training` on those that the model was fitted to. */
  readonly metrics: { readonly model: Metrics; readonly baseline: Metrics; readonly training: Metrics };
  readonly evaluation: Evaluation;
  /** Of the rows held out. */
  readonly digest: string;
  readonly golden: readonly GoldenRow[];
  /** Of the predictions for the training rows. */
  readonly predictions: NumberReference;
}

/** What is measured, and beside what. */
export interface Subject {
  readonly fitted: Predictor;
  readonly target: string;
  readonly survey: Survey;
  /** The standard deviation of the errors to be expected, in the target's unit. */
  readonly deviation: number;
  /** Where predictions are put aside. */
  readonly place: string;
}

/** The model and the baseline, which guesses the training mean, on the rows held out; the model on its own rows too. */
export function measured(examples: Iterable<Example>, subject: Subject): Measured {
  const { fitted, target, survey, deviation, place } = subject;
  const [model, baseline, training] = [new Measurement(), new Measurement(), new Measurement()];
  const evaluation = new Evaluation(target, deviation);
  const digest = new HoldoutDigest([...fitted.features.map(({ name }) => name), target]);
  const golden = new Golden(survey.rows.train);
  const predictions = new Predictions(place);
  try {
    for (const example of examples) {
      const predicted = predict(fitted, example.row);
      if (example.isHeldOut) {
        model.add(example.target, predicted);
        baseline.add(example.target, survey.target.mean ?? Number.NaN);
        evaluation.add(example.target, predicted);
        digest.add(example);
      } else {
        training.add(example.target, predicted);
        golden.add(example.row, predicted);
        predictions.add(predicted);
      }
    }
    const metrics = { model: model.metrics, baseline: baseline.metrics, training: training.metrics };
    return {
      metrics,
      evaluation,
      digest: digest.digest,
      golden: golden.rows,
      predictions: predictions.reference,
    };
  } finally {
    predictions.close();
  }
}

/** The reference of each feature, by what the training rows say of its column. */
export const featureReferencesOf = (
  features: readonly Feature[],
  summaries: readonly ColumnSummary[],
  quantiles: readonly Quantiles[],
): readonly FeatureReference[] =>
  features.map((feature, at) =>
    feature.type === "category"
      ? categoryReference(summaries[at] as CategorySummary, feature.categories)
      : numberReference(summaries[at] as NumberSummary, quantiles[at]?.edges ?? []),
  );

const PREDICTION = { name: "prediction", type: "number" } as const;

/** Predictions, put aside as examples of one column: read again they cost less than made again. */
class Predictions {
  readonly #spool: Spool;
  readonly #summing = summingOf(PREDICTION);

  constructor(place: string) {
    this.#spool = new Spool(place, [PREDICTION]);
  }

  add(prediction: number): void {
    this.#spool.add({ row: [prediction], target: 0, isHeldOut: false });
    this.#summing.add(prediction);
  }

  get reference(): NumberReference {
    const { summary } = this.#summing;
    const [quantiles] = quantilesOf(this.#spool, [PREDICTION], [summary]);
    return numberReference(summary as NumberSummary, quantiles?.edges ?? []);
  }

  close(): void {
    this.#spool.close();
  }
}
