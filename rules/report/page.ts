/** The report as one page that needs nothing beside itself. Pure. */

import type { LinearModel } from "pipefile/model";
import type { CleanReport } from "../clean.ts";
import type { EvaluationReport } from "../evaluation.ts";
import { coefficientsSection } from "./coefficients.ts";
import { carriedOn, type Measured } from "./comparison.ts";
import { errorsSection } from "./errors.ts";
import { html, type Html } from "./html.ts";
import { makingSection } from "./making.ts";
import { metricsSection } from "./metrics.ts";
import { countText, numberText } from "./number.ts";
import { profileSection } from "./profile.ts";
import { style } from "./style.ts";

export interface Report {
  readonly model: LinearModel;
  readonly measured: Measured;
  /** What the metrics are compared with; null where there is nothing. */
  readonly before: Measured | null;
  readonly evaluation: EvaluationReport;
  readonly data: CleanReport;
}

export function pageOf({ model, measured, before, evaluation, data }: Report): string {
  const deviationOf = (column: string): number | null => {
    const summary = Object.hasOwn(data.columns, column) ? data.columns[column] : undefined;
    return summary !== undefined && "deviation" in summary ? summary.deviation : null;
  };
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${model.target}: model report</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header>
          <h1>${model.target}</h1>
          ${summaryOf(measured)}
        </header>
        <main>
          ${metricsSection(measured, before)} ${errorsSection(evaluation, model.inference.residualError)}
          ${coefficientsSection(model, deviationOf)} ${profileSection(data, model)}
          ${makingSection(model, measured.digest)}
        </main>
        ${carriedOn(measured, before)}
      </body>
    </html> `.markup;
}

const summaryOf = ({ rows, model, baseline }: Measured): Html =>
  html`<p>
    A linear regression, fitted to ${countText(rows.train)} rows. On ${countText(rows.test)} rows that it has not seen
    it is off by ${numberText(model.mae)} on average; who guesses the mean is off by ${numberText(baseline.mae)}.
  </p>`;
