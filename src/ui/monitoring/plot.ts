/** Curves over time as inline SVG: what is drawn is given, its colours come from the page's style. Pure. */

import { extent } from "d3-array";
import { scaleLinear, scaleLog, scaleUtc, type ScaleContinuousNumeric, type ScaleTime } from "d3-scale";
import { area, line } from "d3-shape";
import { figureText } from "../figure.ts";
import type { Signal } from "../signal.ts";
import { html, Html } from "./html.ts";
import type { Mark, Point } from "./timeline.ts";

/** Told apart by their dashes too. */
export type Stroke = "first" | "second" | "third" | "usual";

export interface Curve {
  readonly label: string;
  readonly stroke: Stroke;
  readonly points: readonly Point[];
}

/** What lies between two curves, whose points belong together. */
export interface Band {
  readonly label: string;
  readonly tint: "wide" | "narrow";
  readonly low: readonly Point[];
  readonly high: readonly Point[];
}

export interface TimePlot {
  readonly title: string;
  readonly unit: Signal["unit"];
  readonly span: readonly [fromMs: number, toMs: number];
  readonly curves: readonly Curve[];
  readonly bands?: readonly Band[];
  readonly marks: readonly Mark[];
  readonly isLogarithmic?: boolean;
  /** From 0 on unless it says otherwise. */
  readonly isFloating?: boolean;
}

const [WIDTH, HEIGHT] = [420, 190];
const INNER = { left: 56, right: WIDTH - 12, top: 20, bottom: HEIGHT - 26 };

type ScaleY = ScaleContinuousNumeric<number, number>;
interface Axes {
  readonly x: ScaleTime<number, number>;
  readonly y: ScaleY;
}

export function timePlot(plot: TimePlot): Html {
  const { title, curves, bands = [], marks } = plot;
  const domain = domainOf(plot);
  const caption = html`<figcaption><b>${title}</b> ${keyOf(curves, bands)}</figcaption>`;
  if (domain === undefined)
    return html`<figure>
      ${caption}
      <p class="note">No window could tell.</p>
    </figure>`;
  const axes: Axes = { x: scaleUtc(plot.span, [INNER.left, INNER.right]), y: scaleOf(plot, domain) };
  return html`<figure>
    ${caption}
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${descriptionOf(plot, domain)}">
      <g class="axis">${yTicks(axes.y, plot.unit)}${xTicks(axes.x)}</g>
      ${bands.map((band) => bandMarkup(band, axes))}${curves.map((curve) => curveMarkup(curve, axes))}
      ${marks.map((mark) => markMarkup(mark, axes.x))}
    </svg>
  </figure>`;
}

type Domain = readonly [least: number, greatest: number];

const pointsIn = ({ curves, bands = [] }: TimePlot): readonly Point[] => [
  ...curves.flatMap(({ points }) => points),
  ...bands.flatMap(({ low, high }) => [...low, ...high]),
];

/** Undefined where there is nothing to draw but what is usual. */
function domainOf(plot: TimePlot): Domain | undefined {
  const isTold = plot.curves.some(
    ({ stroke, points }) => stroke !== "usual" && points.some(({ value }) => value !== null),
  );
  if (!isTold) return undefined;
  const values = pointsIn(plot).flatMap(({ value }) => (value === null ? [] : [value]));
  if (plot.isLogarithmic === true) {
    const [least = 0.001, greatest = 1] = extent(values.filter((value) => value > 0));
    return [least / 1.2, greatest * 1.2];
  }
  const [least = 0, greatest = 1] = extent(values);
  const from = plot.isFloating === true ? least : Math.min(0, least);
  if (from < greatest) return [from, greatest];
  const room = Math.abs(greatest) / 10 || 1;
  return plot.isFloating === true ? [from - room, greatest + room] : [from, from + room];
}

const scaleOf = ({ isLogarithmic }: TimePlot, domain: Domain): ScaleY =>
  isLogarithmic === true
    ? scaleLog(domain, [INNER.bottom, INNER.top]).clamp(true)
    : scaleLinear(domain, [INNER.bottom, INNER.top]).nice(4);

/** What the picture shows, for who does not see it. */
function descriptionOf({ title, unit, span, curves, marks }: TimePlot, [least, greatest]: Domain): string {
  const last = curves.flatMap(({ label, points }) => {
    const value = points.findLast((point) => point.value !== null)?.value;
    return value === undefined || value === null ? [] : [`${label} ${figureText(value, unit)} at last`];
  });
  const opened = marks.filter(({ kind }) => kind === "open").length;
  return [
    `${title} from ${timeText(span[0])} to ${timeText(span[1])}`,
    `between ${figureText(least, unit)} and ${figureText(greatest, unit)}`,
    ...last,
    ...(opened === 0 ? [] : [`alarms opened: ${opened}`]),
  ].join("; ");
}

const timeText = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

function keyOf(curves: readonly Curve[], bands: readonly Band[]): readonly Html[] {
  if (curves.length + bands.length < 2) return [];
  const sample = (content: Html): Html =>
    html`<svg class="key" viewBox="0 0 24 10" aria-hidden="true">${content}</svg>`;
  return [
    ...curves.map(
      ({ label, stroke }) => html`<span>${sample(html`<path class="${stroke}" d="M1 5H23" />`)} ${label}</span> `,
    ),
    ...bands.map(
      ({ label, tint }) => html`<span>${sample(html`<path class="${tint}" d="M1 1H23V9H1Z" />`)} ${label}</span> `,
    ),
  ];
}

const known = ({ value }: Point): boolean => value !== null;

function bandMarkup({ tint, low, high }: Band, { x, y }: Axes): Html {
  const path = area<Point>(
    (each) => pixel(x(each.atMs)),
    (_, at) => pixel(y(low[at]?.value ?? 0)),
    ({ value }) => pixel(y(value ?? 0)),
  );
  return html`<path class="${tint}" d="${path.defined(known)(high) ?? ""}" />`;
}

/** As many points as can be told from each other. */
const MOST_DOTS = 60;

function curveMarkup({ stroke, points }: Curve, { x, y }: Axes): Html {
  const path = line<Point>(
    (each) => pixel(x(each.atMs)),
    ({ value }) => pixel(y(value ?? 0)),
  );
  const curve = html`<path class="${stroke}" d="${path.defined(known)(points) ?? ""}" />`;
  if (stroke === "usual" && points.length > 1) return curve;
  const isAlone = (at: number): boolean =>
    (points[at - 1]?.value ?? null) === null && (points[at + 1]?.value ?? null) === null;
  const dots = points.filter((point, at) => known(point) && (points.length <= MOST_DOTS || isAlone(at)));
  const marks = dots.map(({ atMs, value }) => `M${pixel(x(atMs))} ${pixel(y(value ?? 0))}h0`).join("");
  return html`${curve}<path class="dots ${stroke}" d="${marks}" />`;
}

/** An alarm that opened is a triangle, one that is over a circle, another model a dashed line: at the top, where no curve is. */
function markMarkup({ atMs, kind, text }: Mark, x: Axes["x"]): Html {
  const at = pixel(x(atMs));
  const [top, title] = [INNER.top, html`<title>${timeText(atMs)} UTC: ${text}</title>`];
  if (kind === "model") return html`<path class="change" d="M${at} ${top - 6}V${INNER.bottom}">${title}</path>`;
  const guide = html`<path class="since" d="M${at} ${top}V${INNER.bottom}" />`;
  return kind === "open"
    ? html`${guide}<path class="open" d="M${at} ${top - 13}l6 11h-12Z">${title}</path>`
    : html`${guide}<circle class="recovered" cx="${at}" cy="${top - 7}" r="4.5">${title}</circle>`;
}

function yTicks(scale: ScaleY, unit: Signal["unit"]): readonly Html[] {
  const ticks = scale.ticks(4);
  // A logarithmic scale gives all its lines; so many have room for a text.
  const each = Math.ceil(ticks.length / 5);
  return ticks
    .filter((_, at) => at % each === 0)
    .map((tick) => {
      const y = pixel(scale(tick));
      const text = figureText(tick, unit).replace(/^(?:psi|rmse) /, "");
      return html`<path d="M${INNER.left} ${y}H${INNER.right}" /><text
          x="${INNER.left - 6}"
          y="${y}"
          dy="0.32em"
          text-anchor="end"
          >${text}</text
        >`;
    });
}

const DAY_MS = 86_400_000;

function xTicks(scale: Axes["x"]): readonly Html[] {
  const [from, to] = scale.domain().map(Number) as [number, number];
  const ticks = to > from ? scale.ticks(4) : [new Date(from)];
  return ticks.map((tick) => {
    const x = pixel(scale(tick));
    return html`<path d="M${x} ${INNER.bottom}v4" /><text x="${x}" y="${INNER.bottom + 16}" text-anchor="middle"
        >${tickText(tick, to - from)}</text
      >`;
  });
}

/** Seconds of a few minutes, hours of a few days, days of a few months, else months. */
function tickText(tick: Date, spanMs: number): string {
  const iso = tick.toISOString();
  if (spanMs < 300_000) return iso.slice(11, 19);
  if (spanMs < 3 * DAY_MS) return iso.slice(11, 16) === "00:00" ? iso.slice(5, 10) : iso.slice(11, 16);
  return spanMs < 300 * DAY_MS ? iso.slice(5, 10) : iso.slice(0, 7);
}

/** Tenths of a pixel: no eye sees more, and the page stays small. */
const pixel = (value: number): number => Math.round(10 * value) / 10;
