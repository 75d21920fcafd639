/** What the rows of a window hold beside those of training: bars for numbers, a table for categories. Pure. */

import { max } from "d3-array";
import { scaleBand, scaleLinear } from "d3-scale";
import type { FeatureWindow, Histogram } from "../../core/monitoring.ts";
import { percent, shortNumber } from "../figure.ts";
import { plural } from "../format.ts";
import { html, type Html } from "./html.ts";

/** Null where training is not known. */
export function binsOf(of: Pick<FeatureWindow, "name" | "histogram" | "new_categories">): Html | null {
  const { name, histogram, new_categories } = of;
  if (histogram === null) return null;
  const { edges, categories } = histogram;
  if (edges !== undefined) return bars({ ...histogram, edges }, name);
  return categories === undefined ? null : categoryTable({ ...histogram, categories }, new_categories);
}

/** Shares of all; 0 where there is nothing. */
function sharesOf(counts: readonly number[]): readonly number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (all === 0 ? 0 : count / all));
}

const [WIDTH, HEIGHT] = [420, 150];
const INNER = { left: 44, right: WIDTH - 10, top: 10, bottom: HEIGHT - 22 };
/** Of a text in the picture. */
const CHARACTER_WIDTH = 6.5;

function bars({ edges, counts, reference }: Histogram & { readonly edges: readonly number[] }, name: string): Html {
  const [now, before] = [sharesOf(counts), sharesOf(reference)];
  const x = scaleBand(
    now.map((_, at) => at),
    [INNER.left, INNER.right],
  ).paddingInner(0.2);
  const y = scaleLinear([0, max([...now, ...before]) || 1], [INNER.bottom, INNER.top]).nice(3);
  const barOf = (share: number, at: number, kind: "now" | "before"): Html => {
    const [left, top] = [x(at) ?? 0, y(share)];
    const half = x.bandwidth() / 2;
    return html`<path
      class="${kind}"
      d="M${pixel(kind === "now" ? left : left + half)} ${INNER.bottom}V${pixel(top)}h${pixel(half)}V${INNER.bottom}Z"
      ><title>${binText(edges, at)}: ${percent(share)} ${kind === "now" ? "now" : "in training"}</title></path
    >`;
  };
  const furthest = now
    .map((share, at) => ({ at, share, apart: Math.abs(share - (before[at] ?? 0)) }))
    .reduce((one, other) => (other.apart > one.apart ? other : one));
  return html`<figure>
    <figcaption>
      <b>Values</b> <span><i class="swatch now"></i> now</span> <span><i class="swatch before"></i> in training</span>
    </figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="${name}: ${binText(edges, furthest.at)} is furthest from training, ${percent(furthest.share)} of the values now and ${percent(before[furthest.at] ?? 0)} in training"
    >
      <g class="axis">${y.ticks(3).map((tick) => tickOf(tick, y(tick)))}${edgeTexts(edges, x)}</g>
      ${now.map((share, at) => barOf(share, at, "now"))}${before.map((share, at) => barOf(share, at, "before"))}
    </svg>
  </figure>`;
}

const tickOf = (tick: number, y: number): Html =>
  html`<path d="M${INNER.left} ${pixel(y)}H${INNER.right}" /><text
      x="${INNER.left - 6}"
      y="${pixel(y)}"
      dy="0.32em"
      text-anchor="end"
      >${percent(tick)}</text
    >`;

/** Between the bars, as many as have room. */
function edgeTexts(
  edges: readonly number[],
  x: { readonly step: () => number; readonly bandwidth: () => number },
): readonly Html[] {
  const texts = edges.map(shortNumber);
  const each = Math.ceil((Math.max(0, ...texts.map(({ length }) => length)) * CHARACTER_WIDTH + 8) / x.step());
  return texts.flatMap((text, at) => {
    if (at % each !== 0) return [];
    const between = INNER.left + (at + 1) * x.step() - (x.step() - x.bandwidth()) / 2;
    return [html`<text x="${pixel(between)}" y="${INNER.bottom + 15}" text-anchor="middle">${text}</text>`];
  });
}

function binText(edges: readonly number[], at: number): string {
  const [from, to] = [edges[at - 1], edges[at]];
  if (from === undefined) return to === undefined ? "all" : `up to ${shortNumber(to)}`;
  return to === undefined ? `above ${shortNumber(from)}` : `above ${shortNumber(from)} up to ${shortNumber(to)}`;
}

interface Category {
  readonly name: string;
  readonly now: number;
  readonly before: number;
}

const MOST_CATEGORIES = 12;

/** Those first whose share moved most. */
function categoryTable(
  { categories, counts, reference }: Histogram & { readonly categories: readonly string[] },
  strange: number,
): Html {
  const [now, before] = [sharesOf([...counts, strange]), sharesOf(reference)];
  const all: readonly Category[] = [
    ...categories.map((name, at) => ({ name, now: now[at] ?? 0, before: before[at] ?? 0 })),
    ...(strange === 0 ? [] : [{ name: "never seen in training", now: now.at(-1) ?? 0, before: 0 }]),
  ];
  const sorted = all.toSorted((one, other) => Math.abs(other.now - other.before) - Math.abs(one.now - one.before));
  const left = sorted.length - MOST_CATEGORIES;
  return html`<table class="shares">
      <caption>
        Values
      </caption>
      <thead>
        <tr>
          <th scope="col">category</th>
          <th scope="col">now</th>
          <th scope="col">in training</th>
        </tr>
      </thead>
      <tbody>
        ${sorted.slice(0, MOST_CATEGORIES).map(
          (each) =>
            html`<tr>
              <th scope="row">${each.name === "" ? "(empty)" : each.name}</th>
              ${shareCell(each.now, "now")}${shareCell(each.before, "before")}
            </tr>`,
        )}
      </tbody>
    </table>
    ${left > 0 ? html`<p class="note">and ${plural(left, "more category", "more categories")}, which moved less</p>` : null}`;
}

const shareCell = (share: number, kind: "now" | "before"): Html =>
  html`<td><span class="bar ${kind}" style="--share:${Math.round(1_000 * share) / 10}%"></span>${percent(share)}</td>`;

const pixel = (value: number): number => Math.round(10 * value) / 10;
