/** The section on how good the model is, and whether it is better than the one of the page before. Pure. */

import type { Metrics } from "pipefile/model";
import type { Measured } from "./comparison.ts";
import { html, type Html } from "./html.ts";
import { countText, hundredthsText, numberText } from "./number.ts";

type Name = keyof Metrics;
const NAMES = ["rmse", "mae", "r2", "mape"] as const satisfies readonly Name[];
const MEANING: Readonly<Record<Name, readonly [short: string, long: string]>> = {
  rmse: ["RMSE", "root of the mean squared error"],
  mae: ["MAE", "mean absolute error"],
  r2: ["R²", "share of the variance explained"],
  mape: ["MAPE", "mean absolute error as a share"],
};
const MEASURED = [
  ["model", "Model", "rows held out"],
  ["baseline", "Baseline", "guesses the mean"],
  ["training", "Training", "rows it has seen"],
] as const;

export function metricsSection(now: Measured, before: Measured | null): Html {
  const comparable = before?.target === now.target ? before : null;
  const head = MEASURED.map(
    ([, name, what]) => html`<th scope="col" class="figure">${name}<small>${what}</small></th>`,
  );
  return html`<section aria-labelledby="metrics">
    <h2 id="metrics">How good it is</h2>
    ${beforeNote(now, before)}
    <div class="wide" role="region" aria-label="Table of the metrics" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            ${head}
          </tr>
        </thead>
        <tbody>
          ${NAMES.map((name) => rowOf(name, now, comparable))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function beforeNote(now: Measured, before: Measured | null): Html {
  if (before === null) return html`<p class="note">There is no earlier model to compare with.</p>`;
  const which = html`model <code>${before.digest.slice(0, 12)}</code>`;
  if (before.target !== now.target)
    return html`<p class="note">
      The model before, ${which}, predicts ${before.target}: there is nothing to compare.
    </p>`;
  return html`<p class="note">
    Changes are against ${which}, which was fitted to ${countText(before.rows.train)} rows and measured on
    ${countText(before.rows.test)}.
  </p>`;
}

function rowOf(name: Name, now: Measured, before: Measured | null): Html {
  const [short, long] = MEANING[name];
  const cells = MEASURED.map(([which]) => {
    const [value, earlier] = [now[which][name], before?.[which][name] ?? null];
    const change = value === null || earlier === null ? undefined : changeOf(name, value - earlier, which === "model");
    return html`<td class="figure">${value === null ? "undefined" : textOf(name, value)}${change}</td>`;
  });
  return html`<tr>
    <th scope="row">${short}<small>${long}</small></th>
    ${cells}
  </tr> `;
}

const textOf = (name: Name, value: number): string =>
  name === "mape" ? `${hundredthsText(100 * value)} %` : numberText(value);

/** Only of the model itself it is said whether that is better: a baseline is not made, and training can be overdone. */
function changeOf(name: Name, change: number, isJudged: boolean): Html {
  if (change === 0) return html`<small class="change">unchanged</small>`;
  const size = name === "mape" ? `${hundredthsText(Math.abs(100 * change))} points` : numberText(Math.abs(change));
  const isBetter = name === "r2" ? change > 0 : change < 0;
  const verdict = isBetter ? "better" : "worse";
  const arrow = change > 0 ? html`<span aria-label="up">▲</span>` : html`<span aria-label="down">▼</span>`;
  return isJudged
    ? html`<small class="change ${verdict}">${arrow} ${size} ${verdict}</small>`
    : html`<small class="change">${arrow} ${size}</small>`;
}
