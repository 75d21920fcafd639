/** The section on how the model came to be. Pure. */

import type { LinearModel } from "pipefile/model";
import { html, type Html } from "./html.ts";
import { countText, numberText, percentText } from "./number.ts";

export function makingSection(model: LinearModel, digest: string): Html {
  const { inference, rows } = model;
  const facts: readonly (readonly [name: string, value: string | Html])[] = [
    ["Kind", model.kind],
    ["Target", model.target],
    ["Features", model.features.map(({ name }) => name).join(", ") || "none"],
    ["Rows", `${countText(rows.train)} to train on, ${countText(rows.test)} held out`],
    ["Hold-out", `${percentText(model.holdout.share)}, chosen by the seed ${model.seed}`],
    ["Ridge", model.ridge === 0 ? "0: plain least squares" : String(model.ridge)],
    [
      "Residual error",
      inference.residualError === null
        ? "unknown: there are no more training rows than coefficients"
        : `${numberText(inference.residualError)} with ${countText(inference.degreesOfFreedom)} degrees of freedom`,
    ],
    [
      "Libraries",
      Object.entries(model.libraries)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ") || "none",
    ],
    ["Format", String(model.format)],
    ["SHA-256 of the model", html`<code>${digest}</code>`],
    ["SHA-256 of the rows held out", html`<code>${model.holdout.digest}</code>`],
  ];
  return html`<section aria-labelledby="making">
    <h2 id="making">How it was made</h2>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
