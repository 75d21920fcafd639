/** How the predictions of rows held out turned out, in three pictures. Pure. */

import { line } from "d3-shape";
import jStat from "jstat";
import type { EvaluationReport } from "../evaluation.ts";
import { html, type Html } from "./html.ts";
import { countText } from "./number.ts";
import { axesOf, domainOf, pixel, plotOf, type Axes } from "./plot.ts";

/** More points than these are drawn small and see-through, so that it shows where they are dense. */
const MOST_DISTINCT = 400;

export function errorsSection(evaluation: EvaluationReport, deviation: number | null): Html {
  return html`<section aria-labelledby="errors">
    <h2 id="errors">Predictions of rows held out</h2>
    ${sampleNote(evaluation)}
    <div class="figures">
      ${predictedFigure(evaluation)}${residualsFigure(evaluation)}${histogramFigure(evaluation, deviation)}
    </div>
  </section>`;
}

function sampleNote({ points, rows, step }: EvaluationReport): Html | undefined {
  if (step === 1) return undefined;
  return html`<p class="note">
    The points are ${countText(points.length)} of the ${countText(rows)} rows: one of every ${countText(step)}. The
    histogram counts all.
  </p>`;
}

function predictedFigure({ points, target }: EvaluationReport): Html {
  const domain = domainOf(points.flat());
  const axes = axesOf(domain, domain);
  const [least = 0, greatest = 1] = axes.x.domain();
  const diagonal = line()([
    [axes.x(least), axes.y(least)],
    [axes.x(greatest), axes.y(greatest)],
  ]);
  const description = `Predicted against actual ${target} of ${points.length} rows held out; on the diagonal they are equal.`;
  return html`<figure>
    ${plotOf({
      axes,
      description,
      labels: { x: "actual", y: "predicted" },
      marks: html`<path class="guide" d="${diagonal}" />${dotsOf(points, axes)}`,
    })}
    <figcaption><b>Predicted against actual ${target}.</b> On the dashed line they are equal.</figcaption>
  </figure>`;
}

function residualsFigure({ points, target }: EvaluationReport): Html {
  const residuals = points.map(([actual, predicted]) => [predicted, actual - predicted] as const);
  const axes = axesOf(
    domainOf(residuals.map(([predicted]) => predicted)),
    domainOf([0, ...residuals.map(([, error]) => error)]),
  );
  const [left = 0, right = 0] = axes.x.range();
  const zero = pixel(axes.y(0));
  const description = `Residuals of ${target}, actual less predicted, against the prediction, of ${points.length} rows held out.`;
  return html`<figure>
    ${plotOf({
      axes,
      description,
      labels: { x: "predicted", y: "residual" },
      marks: html`<path class="guide" d="M${left},${zero}H${right}" />${dotsOf(residuals, axes)}`,
    })}
    <figcaption>
      <b>Residuals against predicted.</b> A residual is what was less what was predicted. A bend or a funnel tells of
      something that a linear model misses.
    </figcaption>
  </figure>`;
}

/** All points as one path of lines without length, which round ends turn into dots: a tenth of the markup of circles. */
function dotsOf(points: readonly (readonly [x: number, y: number])[], { x, y }: Axes): Html {
  const path = points.map(([across, up]) => `M${pixel(x(across))},${pixel(y(up))}h0`).join("");
  return html`<path class="${points.length > MOST_DISTINCT ? "dots many" : "dots"}" d="${path}" />`;
}

function histogramFigure({ errors, rows, target }: EvaluationReport, deviation: number | null): Html {
  const { start, width, counts } = errors;
  const curve = curveOf({ start, end: start + width * counts.length, scale: rows * width, deviation });
  const axes = axesOf(
    [start, start + width * counts.length],
    domainOf([0, LEAST_HEIGHT, ...counts, ...curve.map(([, count]) => count)]),
  );
  const bottom = axes.y(0);
  const bars = counts.map((count, at) => {
    const [left, right, top] = [axes.x(start + at * width), axes.x(start + (at + 1) * width), axes.y(count)];
    return count === 0
      ? undefined
      : html`<rect
          x="${pixel(left)}"
          y="${pixel(top)}"
          width="${pixel(Math.max(right - left - 1, 0.5))}"
          height="${pixel(bottom - top)}"
        />`;
  });
  const path = line<readonly [number, number]>()
    .x(([error]) => pixel(axes.x(error)))
    .y(([, count]) => pixel(axes.y(count)))(curve);
  const description = `Histogram of the residuals of ${target} over ${rows} rows held out, in ${counts.length} bars around 0.`;
  return html`<figure>
    ${plotOf({
      axes,
      description,
      labels: { x: "residual", y: "rows" },
      marks: html`<g class="bars">${bars}</g><path class="guide" d="${path ?? ""}" />`,
    })}
    <figcaption>
      <b>How often which residual occurs.</b>
      ${curve.length === 0 ? "" : "The dashed line is what normal errors would show, as large as those in training. "}The
      first and the last bar count all beyond, too.
    </figcaption>
  </figure>`;
}

const CURVE_POINTS = 121;
/** Rows: a lower axis would have ticks at parts of a row. */
const LEAST_HEIGHT = 5;

/** How many rows a bar would have if the errors were normal; none without a deviation. */
function curveOf(of: {
  readonly start: number;
  readonly end: number;
  /** Rows times the width of a bar. */
  readonly scale: number;
  readonly deviation: number | null;
}): readonly (readonly [error: number, count: number])[] {
  const { start, end, scale, deviation } = of;
  if (deviation === null || deviation <= 0) return [];
  return Array.from({ length: CURVE_POINTS }, (_, at) => {
    const error = start + ((end - start) * at) / (CURVE_POINTS - 1);
    return [error, scale * jStat.normal.pdf(error, 0, deviation)] as const;
  });
}
