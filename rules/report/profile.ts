/** The section on the table that the model was made from. Pure. */

import type { CategorySummary, ColumnSummary, Feature, LinearModel, NumberSummary } from "pipefile/model";
import { scaleLinear } from "d3-scale";
import type { CleanReport } from "../clean.ts";
import { html, type Html, type Part } from "./html.ts";
import { countText, numberText, partText, percentText } from "./number.ts";
import { pixel } from "./plot.ts";

/** The most frequent ones, where there are more. */
const MOST_BARS = 8;

export function profileSection(report: CleanReport, model: LinearModel): Html {
  const counts = (["rows", "kept", "dropped", "rejected"] as const).map(
    (name) =>
      html`<div>
        <dt>${name === "rows" ? "read" : name}</dt>
        <dd>${countText(report[name])}</dd>
      </div>`,
  );
  const cards = Object.entries(report.columns).map(([name, summary]) => cardOf(name, summary, { report, model }));
  return html`<section aria-labelledby="data">
    <h2 id="data">Data</h2>
    <p class="note">
      A row is dropped if it lacks what it must have, and rejected if it is not as the schema says. The figures below
      are of the rows kept.
    </p>
    <dl class="counts">${counts}</dl>
    <div class="cards">${cards}</div>
  </section>`;
}

function cardOf(
  name: string,
  summary: ColumnSummary,
  { report, model }: { readonly report: CleanReport; readonly model: LinearModel },
): Html {
  const feature = model.features.find((each) => each.name === name);
  const role = name === model.target ? "target" : feature === undefined ? "not learnt from" : "feature";
  const nulls = Object.hasOwn(report.nulls, name) ? (report.nulls[name] ?? 0) : 0;
  return html`<article class="card">
    <h3>${name}</h3>
    <p class="note">${summary.type}, ${role}</p>
    <dl>
      ${term("Missing", missingText(nulls, summary, report))}
      ${fillOf(feature)}${"counts" in summary || !("mean" in summary) ? undefined : numbersOf(summary)}
    </dl>
    ${"mean" in summary ? spreadOf(name, summary) : categoriesOf(summary)}
  </article> `;
}

/** As they were read; in the rows that were kept there may be fewer. */
function missingText(nulls: number, { missing }: ColumnSummary, { rows, rejected }: CleanReport): string {
  if (nulls === 0) return "none";
  return `${partText(nulls, rows - rejected)}${missing === nulls ? "" : `, ${countText(missing)} in rows kept`}`;
}

const term = (name: string, value: Part): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

function fillOf(feature: Feature | undefined): Html | undefined {
  if (feature === undefined || feature.fill === null) return undefined;
  const value = typeof feature.fill === "number" ? numberText(feature.fill) : feature.fill;
  return term("Filled in with", feature.imputation === "constant" ? value : `the ${feature.imputation}, ${value}`);
}

function numbersOf({ least, greatest, mean, deviation }: NumberSummary): Html {
  if (least === null || greatest === null || mean === null || deviation === null)
    return term("Values", "none is known");
  return html`${term("Range", `${numberText(least)} to ${numberText(greatest)}`)}${term("Mean", numberText(mean))}${term("Std. deviation", numberText(deviation))}`;
}

/** The range as a line, one deviation around the mean as a bar, the mean as a stroke. */
function spreadOf(name: string, { least, greatest, mean, deviation }: NumberSummary): Html | undefined {
  if (least === null || greatest === null || mean === null || deviation === null || least === greatest)
    return undefined;
  const x = scaleLinear([least, greatest], [4, 236]).clamp(true);
  const [low, middle, high] = [mean - deviation, mean, mean + deviation].map((value) => pixel(x(value)));
  return html`<svg
    class="spread"
    viewBox="0 0 240 20"
    role="img"
    aria-label="${`${name} from least to greatest, with one standard deviation around the mean`}"
  >
    <path class="interval" d="M4,10H236M4,6V14M236,6V14" />
    <path class="deviation" d="M${low},10H${high}" />
    <path class="mean" d="M${middle},2V18" />
  </svg>`;
}

function categoriesOf({ counts, known }: CategorySummary): Html {
  if (counts === undefined) return html`<p>Too many different texts to list.</p>`;
  const all = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  if (all.length === 0) return html`<p>No value is known.</p>`;
  const shown = all.length > MOST_BARS + 1 ? all.slice(0, MOST_BARS) : all;
  const rest = all.length - shown.length;
  return html`<table class="bars-table">
      <thead>
        <tr>
          <th scope="col">Category</th>
          <th scope="col" class="figure">Rows</th>
          <th scope="col" class="figure">Share</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(([name, count]) => barOf(name, count, count / known))}
      </tbody>
    </table>
    ${rest === 0 ? undefined : html`<p class="note">and ${countText(rest)} more</p>`}`;
}

const barOf = (name: string, count: number, share: number): Html =>
  html`<tr style="--share:${(100 * share).toFixed(1)}%">
    <th scope="row">${name}</th>
    <td class="figure">${countText(count)}</td>
    <td class="figure">${percentText(share)}</td>
  </tr> `;
