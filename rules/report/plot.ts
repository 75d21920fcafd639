/** A plot with two axes as inline SVG: its marks are given, its colours come from the page's style. Pure. */

import { extent } from "d3-array";
import { scaleLinear, type ScaleLinear } from "d3-scale";
import { html, type Html } from "./html.ts";
import { tickFormat } from "./number.ts";

/** As wide as a phone shows it without scaling, in its pixels. */
export const WIDTH = 340;
const HEIGHT = 300;
const MARGIN = { top: 26, right: 22, bottom: 42, left: 54 };
const INNER = { left: MARGIN.left, right: WIDTH - MARGIN.right, top: MARGIN.top, bottom: HEIGHT - MARGIN.bottom };

export type Scale = ScaleLinear<number, number>;
export type Domain = readonly [least: number, greatest: number];

export interface Axes {
  readonly x: Scale;
  readonly y: Scale;
}

/** From the least to the greatest, with some room where they are one; from 0 to 1 without any. */
export function domainOf(values: Iterable<number>): Domain {
  const [least, greatest] = extent(values);
  if (least === undefined || greatest === undefined) return [0, 1];
  if (least < greatest) return [least, greatest];
  const room = Math.abs(least) / 10 || 1;
  return [least - room, least + room];
}

/** Axes that reach from round number to round number around what they have to show. */
export const axesOf = (x: Domain, y: Domain): Axes => ({
  x: scaleLinear(x, [INNER.left, INNER.right]).nice(),
  y: scaleLinear(y, [INNER.bottom, INNER.top]).nice(),
});

export interface Plot {
  readonly axes: Axes;
  /** What the picture shows, for who does not see it. */
  readonly description: string;
  readonly labels: { readonly x: string; readonly y: string };
  readonly marks: Html;
}

export function plotOf({ axes, description, labels, marks }: Plot): Html {
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${description}">
    <g class="axis">${xTicks(axes.x, INNER)}${yTicks(axes.y)}</g>
    ${marks}
    <g class="label">
      <text x="${INNER.right}" y="${HEIGHT - 6}" text-anchor="end">${labels.x} →</text>
      <text x="4" y="14">↑ ${labels.y}</text>
    </g>
  </svg>`;
}

/** Ticks along the lower side, each with a line across what the picture shows. */
export function xTicks(
  scale: Scale,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): readonly Html[] {
  const ticks = scale.ticks(4);
  const textOf = tickFormat(ticks);
  return ticks.map((tick) => {
    const x = pixel(scale(tick));
    return html`<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" /><text
        x="${x}"
        y="${bottom + 16}"
        text-anchor="middle"
        >${textOf(tick)}</text
      >`;
  });
}

function yTicks(scale: Scale): readonly Html[] {
  const ticks = scale.ticks(5);
  const textOf = tickFormat(ticks);
  return ticks.map((tick) => {
    const y = pixel(scale(tick));
    return html`<line x1="${INNER.left}" x2="${INNER.right}" y1="${y}" y2="${y}" /><text
        x="${INNER.left - 6}"
        y="${y}"
        dy="0.32em"
        text-anchor="end"
        >${textOf(tick)}</text
      >`;
  });
}

/** Tenths of a pixel: no eye sees more, and the page stays small. */
export const pixel = (value: number): number => Math.round(10 * value) / 10;
