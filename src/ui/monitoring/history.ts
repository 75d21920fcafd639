/** What was said of a model, and its last windows, as tables. Pure. */

import { shortDigest } from "../../core/model-version.ts";
import { isLate, type MonitoringWindow } from "../../core/monitoring.ts";
import { figureText, grouped, minuteText } from "../figure.ts";
import { plural } from "../format.ts";
import { statusWord } from "../monitor.ts";
import { html, type Html } from "./html.ts";
import type { Timeline } from "./timeline.ts";

const MOST_EVENTS = 100;

interface Happening {
  readonly at: string;
  readonly word: string;
  readonly about: string;
  readonly message: string;
}

function happeningsIn(windows: readonly MonitoringWindow[], timeline: Timeline | undefined): readonly Happening[] {
  const said = windows.flatMap(({ to, alerts }) =>
    alerts.map(({ signal, state, severity, message }): Happening => {
      return { at: to ?? "", word: state === "open" ? `▲ ${severity}` : "○ over", about: signal, message };
    }),
  );
  const changes = (timeline?.changes ?? []).map(({ atMs, text }): Happening => ({
    at: new Date(atMs).toISOString(),
    word: "┆ another",
    about: "model",
    message: text,
  }));
  return [...said, ...changes].toSorted((one, other) => Date.parse(other.at || "0") - Date.parse(one.at || "0"));
}

/** Null where nothing was ever said. */
export function historySection(windows: readonly MonitoringWindow[], timeline: Timeline | undefined): Html | null {
  const events = happeningsIn(windows, timeline);
  if (events.length === 0) return null;
  const left = events.length - MOST_EVENTS;
  return html`<section>
    <h2>What happened</h2>
    <div class="wide" tabindex="0" role="region" aria-label="What happened">
      <table>
        <caption>
          The latest first; times are UTC
        </caption>
        <thead>
          <tr>
            <th scope="col">when</th>
            <th scope="col">what</th>
            <th scope="col">signal</th>
            <th scope="col">message</th>
          </tr>
        </thead>
        <tbody>
          ${events.slice(0, MOST_EVENTS).map(
            ({ at, word, about, message }) =>
              html`<tr>
                <td class="time">${at === "" ? "a table" : minuteText(at)}</td>
                <td class="time">${word}</td>
                <th scope="row">${about}</th>
                <td>${message}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${left > 0 ? html`<p class="note">and ${plural(left, "earlier one")}</p>` : null}
  </section>`;
}

const MOST_WINDOWS = 20;

const COLUMNS = ["end", "status", "rows", "ended by", "furthest feature", "failed", "p99", "error", "model"];

export const windowsSection = (windows: readonly MonitoringWindow[]): Html =>
  html`<section>
    <h2>Windows</h2>
    <div class="wide" tabindex="0" role="region" aria-label="Windows">
      <table>
        <caption>
          ${windows.length > MOST_WINDOWS ? `The last ${MOST_WINDOWS} of ${grouped(windows.length)}` : "All of them"},
          the latest first; times are UTC
        </caption>
        <thead>
          <tr>
            ${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${windows.slice(-MOST_WINDOWS).toReversed().map(windowRow)}
        </tbody>
      </table>
    </div>
  </section>`;

function windowRow(window: MonitoringWindow): Html {
  const { to, status, data, ended, system, model, model_digest } = window;
  const [furthest] = data.features.toSorted((one, other) => (other.psi ?? -1) - (one.psi ?? -1));
  const feature =
    furthest === undefined || furthest.psi === null ? "-" : `${furthest.name}, ${figureText(furthest.psi, "psi")}`;
  const cells = [
    isLate(window) ? "late labels" : statusWord(status)[0],
    grouped(data.rows),
    ended,
    feature,
    figureText(system?.error_rate ?? null, "share"),
    figureText(system?.latency_seconds_p99 ?? null, "seconds"),
    figureText(model.labels.rmse, "rmse"),
  ];
  return html`<tr>
    <th scope="row" class="time">${to === null ? "a table" : minuteText(to)}</th>
    ${cells.map((text) => html`<td>${text}</td>`)}
    <td><code>${shortDigest(model_digest)}</code></td>
  </tr>`;
}
