/** The features of a model: how far each is from training, what its rows hold, and how that went. Pure. */

import type { FeatureWindow, MonitoringWindow } from "../../core/monitoring.ts";
import { grouped, percent, shortNumber } from "../figure.ts";
import { plural } from "../format.ts";
import { openIn } from "../signal.ts";
import { MOST_POINTS } from "./charts.ts";
import { binsOf } from "./histogram.ts";
import { html, type Html } from "./html.ts";
import { timePlot } from "./plot.ts";
import { marksOf, pointsOf, type Timeline } from "./timeline.ts";

/** Those are seen at once; of the others the curves are coarser, so that a page of hundreds stays one. */
const MOST_OPEN = 8;
const FEWER_POINTS = 120;

export function featureSection(window: MonitoringWindow, timeline: Timeline | undefined): Html {
  const open = new Set(openIn(window).map(({ signal }) => signal));
  const each = window.data.features
    .map((feature) => ({ feature, isAlarm: open.has(`data.${feature.name}`) || open.has(`missing.${feature.name}`) }))
    .toSorted((one, other) => oddness(other) - oddness(one));
  const cardOf = ({ feature, isAlarm }: (typeof each)[number], mostPoints: number): Html =>
    featureCard(feature, { isAlarm, window, timeline, mostPoints });
  const rest = each.slice(MOST_OPEN);
  const folded =
    rest.length === 0
      ? null
      : html`<details>
          <summary>${plural(rest.length, "more feature")}, nearer to training</summary>
          <div class="cards">${rest.map((one) => cardOf(one, FEWER_POINTS))}</div>
        </details>`;
  return html`<section>
    <h2>Features</h2>
    <p class="note">
      The last window beside the training data: ${grouped(window.data.rows)} rows. What is furthest from training comes
      first.
    </p>
    <div class="cards">${each.slice(0, MOST_OPEN).map((one) => cardOf(one, MOST_POINTS))}</div>
    ${folded}
  </section>`;
}

interface Judged {
  readonly feature: FeatureWindow;
  readonly isAlarm: boolean;
}

/** Alarms first, then what was found in this window, then by how near it is to what is found. */
function oddness({ feature, isAlarm }: Judged): number {
  const { severity, missing_differs, psi, psi_critical } = feature;
  const near = psi === null ? 0 : psi / Math.max(psi_critical ?? 1, 1e-9);
  return (isAlarm ? 2e6 : 0) + (severity !== null || missing_differs === true ? 1e6 : 0) + Math.min(near, 1e5);
}

interface Around {
  readonly isAlarm: boolean;
  readonly window: MonitoringWindow;
  readonly timeline: Timeline | undefined;
  readonly mostPoints: number;
}

function featureCard(feature: FeatureWindow, { isAlarm, timeline, mostPoints }: Around): Html {
  return html`<article class="card">
    <h3>${feature.name} ${badgeOf({ feature, isAlarm })}</h3>
    <dl>
      ${factsOf(feature).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${binsOf(feature)}${timeline === undefined ? null : psiPlot(feature, timeline, mostPoints)}
  </article>`;
}

function badgeOf({ feature: { severity, missing_differs, psi, histogram }, isAlarm }: Judged): Html {
  const found = [
    ...(severity === null ? [] : [`${severity} drift`]),
    ...(missing_differs === true ? ["missing otherwise"] : []),
  ];
  if (isAlarm) return html`<span class="badge bad">alarm${found.length === 0 ? "" : `: ${found.join(", ")}`}</span>`;
  if (found.length > 0) return html`<span class="badge warn">${found.join(", ")}</span>`;
  if (histogram === null) return html`<span class="badge">not compared</span>`;
  return psi === null
    ? html`<span class="badge">few rows</span>`
    : html`<span class="badge good">as in training</span>`;
}

type Fact = readonly [name: string, value: string];

function factsOf(feature: FeatureWindow): readonly Fact[] {
  const { missing_rate, missing_rate_reference, new_categories, out_of_range, type } = feature;
  const missing = missing_rate === null ? "no rows" : percent(missing_rate);
  const usual = missing_rate_reference === null ? "" : `, ${percent(missing_rate_reference)} in training`;
  return [
    ...driftFacts(feature),
    ["missing", `${missing}${usual}`],
    ...(type === "category" || new_categories > 0
      ? [["of new categories", grouped(new_categories)] as const]
      : [["out of range", grouped(out_of_range)] as const]),
  ];
}

function driftFacts({ psi, psi_critical, ks, ks_resolution, chi2, chi2_critical }: FeatureWindow): readonly Fact[] {
  if (psi === null) return [];
  const index = ["PSI", `${short(psi)}, by chance at most ${short(psi_critical)}`] as const;
  return [
    index,
    ...(chi2 === null ? [] : [["χ²", `${short(chi2)}, by chance at most ${short(chi2_critical)}`] as const]),
    ...(ks === null ? [] : [["KS", `${short(ks)} to ${short(ks + (ks_resolution ?? 0))}`] as const]),
  ];
}

const short = (value: number | null): string => (value === null ? "unknown" : shortNumber(Number(value.toFixed(4))));

function psiPlot({ name }: FeatureWindow, timeline: Timeline, mostPoints: number): Html {
  const found = foundBy(name);
  return timePlot({
    title: "Drift (PSI)",
    unit: "psi",
    span: timeline.span,
    curves: [
      { label: "PSI", stroke: "first", points: pointsOf(timeline, (window) => found(window)?.psi, mostPoints) },
      {
        label: "by chance at most",
        stroke: "usual",
        points: pointsOf(timeline, (window) => found(window)?.psi_critical, mostPoints),
      },
    ],
    marks: [...marksOf(timeline, `data.${name}`), ...marksOf({ ...timeline, changes: [] }, `missing.${name}`)],
  });
}

/** A feature of windows by its name; it is looked for where it was last, since most windows are of one model. */
function foundBy(name: string): (window: MonitoringWindow) => FeatureWindow | undefined {
  let at = 0;
  return ({ data: { features } }) => {
    if (features[at]?.name !== name) at = features.findIndex((feature) => feature.name === name);
    return features[at];
  };
}
