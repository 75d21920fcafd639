/** The section on what the model has learnt: a forest plot, and the numbers themselves. Pure. */

import type { LeftOut, LinearModel } from "pipefile/model";
import { estimatesOf, interceptOf, type Estimate } from "./estimate.ts";
import { forestFigure } from "./forest.ts";
import { html, type Html } from "./html.ts";
import { countText, numberText, textWithin } from "./number.ts";

const WHY: Readonly<Record<LeftOut, string>> = {
  constant: "left out: the same in all training rows",
  collinear: "left out: the numbers before it say the same",
};
/** A longer table is folded away. */
const MOST_OPEN = 40;

export function coefficientsSection(model: LinearModel, deviationOf: (column: string) => number | null): Html {
  const estimates = estimatesOf(model, deviationOf);
  return html`<section aria-labelledby="coefficients">
    <h2 id="coefficients">Coefficients</h2>
    ${basesNote(model)}
    <div class="beside">
      ${forestFigure(estimates)}${folded(tableOf([...estimates, interceptOf(model)]), estimates.length)}
    </div>
  </section>`;
}

function basesNote({ features, inference }: LinearModel): Html {
  const bases = features.flatMap((feature) =>
    feature.type === "category" ? [`${feature.name} ${feature.categories[0]}`] : [],
  );
  const base = bases.length === 0 ? "" : `Categories are compared with the base: ${bases.join(", ")}.`;
  const trust =
    inference.degreesOfFreedom > 0
      ? `The intervals are those of Student’s t with ${countText(inference.degreesOfFreedom)} degrees of freedom; they hold if the errors are independent and alike.`
      : "There are no intervals: there are no more training rows than coefficients.";
  return html`<p class="note">${base} ${trust}</p>`;
}

function tableOf(estimates: readonly Estimate[]): Html {
  return html`<div class="wide" role="region" aria-label="Table of the coefficients" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Number</th>
          <th scope="col" class="figure">Coefficient</th>
          <th scope="col" class="figure">95 % interval</th>
        </tr>
      </thead>
      <tbody>
        ${estimates.map(rowOf)}
      </tbody>
    </table>
  </div>`;
}

function rowOf({ name, value, error, interval, leftOut }: Estimate): Html {
  const head = html`<th scope="row">${name}</th>`;
  if (leftOut !== undefined)
    return html`<tr>
      ${head}
      <td colspan="2" class="figure">${WHY[leftOut]}</td>
    </tr> `;
  const shown = (number: number): string => (error === null ? numberText(number) : textWithin(number, error));
  const range = interval === null ? "no interval" : `${shown(interval[0])} to ${shown(interval[1])}`;
  return html`<tr>
    ${head}
    <td class="figure">${shown(value)}</td>
    <td class="figure">${range}</td>
  </tr> `;
}

const folded = (table: Html, count: number): Html =>
  count <= MOST_OPEN
    ? table
    : html`<details>
        <summary>All ${countText(count)} coefficients</summary>
        ${table}
      </details>`;
