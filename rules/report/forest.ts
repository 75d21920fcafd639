/** Coefficients as a forest plot: each as a dot in its interval, on one scale. Pure. */

import { scaleLinear } from "d3-scale";
import { isUnsure, type Estimate } from "./estimate.ts";
import { html, type Html } from "./html.ts";
import { countText, numberText } from "./number.ts";
import { domainOf, pixel, WIDTH, xTicks, type Scale } from "./plot.ts";

/** The largest ones, where there are more. */
const MOST_DRAWN = 40;
const ROW = 34;
const MARGIN = { top: 4, right: 14, bottom: 26, left: 14 };
/** A name takes a line of its own; what is longer stands in the table. */
const LONGEST_NAME = 46;

export function forestFigure(estimates: readonly Estimate[]): Html | undefined {
  const fitted = estimates.filter(({ leftOut }) => leftOut === undefined);
  if (fitted.length === 0) return undefined;
  const least = sizesOf(fitted).toSorted((one, other) => other - one)[MOST_DRAWN - 1] ?? 0;
  const drawn = fitted.filter((estimate) => Math.abs(estimate.value * estimate.step) >= least).slice(0, MOST_DRAWN);
  const bottom = MARGIN.top + drawn.length * ROW;
  const ends = drawn.flatMap(({ value, interval, step }) => [value, ...(interval ?? [])].map((end) => end * step));
  const scale = scaleLinear(domainOf([0, ...ends]), [MARGIN.left, WIDTH - MARGIN.right]).nice();
  const zero = pixel(scale(0));
  return html`<figure>
    <svg viewBox="0 0 ${WIDTH} ${bottom + MARGIN.bottom}" role="img" aria-label="${descriptionOf(drawn)}">
      <g class="axis">${xTicks(scale, { top: MARGIN.top, bottom })}</g>
      <path class="guide" d="M${zero},${MARGIN.top}V${bottom}" />
      ${drawn.map((estimate, at) => rowOf(estimate, { scale, top: MARGIN.top + at * ROW }))}
    </svg>
    <figcaption>
      <b>What moves the prediction.</b> By how much it changes for one standard deviation more of a number, or for a
      category instead of the base. The line is the 95 % interval; a hollow dot may as well be
      0.${moreNote(fitted, drawn)}
    </figcaption>
  </figure>`;
}

const sizesOf = (estimates: readonly Estimate[]): readonly number[] =>
  estimates.map(({ value, step }) => Math.abs(value * step));

function rowOf(estimate: Estimate, { scale, top }: { readonly scale: Scale; readonly top: number }): Html {
  const { value, interval, step } = estimate;
  const y = top + 24;
  const [low, high] = (interval ?? [value, value]).map((end) => pixel(scale(end * step)));
  return html`<text class="name" x="${MARGIN.left}" y="${top + 12}">${shortened(estimate.name)}</text>
    <path class="interval" d="M${low},${y}H${high}" /><circle
      class="${isUnsure(estimate) ? "dot hollow" : "dot"}"
      cx="${pixel(scale(value * step))}"
      cy="${y}"
      r="4"
    />`;
}

const shortened = (name: string): string =>
  name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;

const descriptionOf = (drawn: readonly Estimate[]): string =>
  `Effects on the prediction: ${drawn.map(({ name, value, step }) => `${name} ${numberText(value * step)}`).join(", ")}.`;

const moreNote = (fitted: readonly Estimate[], drawn: readonly Estimate[]): string =>
  fitted.length === drawn.length
    ? ""
    : ` The ${countText(drawn.length)} largest of ${countText(fitted.length)}; the table has all.`;
