/** `reports/monitoring.html`: how a model fared, on one page that needs nothing beside itself. Pure. */

import { shortDigest } from "../../core/model-version.ts";
import { MONITORING_VERSION, standingIn, type MonitoringWindow } from "../../core/monitoring.ts";
import { grouped, minuteText } from "../figure.ts";
import { plural } from "../format.ts";
import type { Health, OpenAlarm } from "../health.ts";
import { spanText, statusText, statusWord } from "../monitor.ts";
import { businessSection, labelSection, MOST_POINTS, predictionSection, serviceSection } from "./charts.ts";
import { featureSection } from "./features.ts";
import { historySection, windowsSection } from "./history.ts";
import { html, type Html } from "./html.ts";
import { style } from "./style.ts";
import { timelineOf, windowsAPoint, type Timeline } from "./timeline.ts";

export interface PageRequest {
  readonly health: Health;
  /** The latest last; one at least. */
  readonly windows: readonly MonitoringWindow[];
  /** Of the project. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
}

export function monitoringPage({ health, windows, name, madeAt }: PageRequest): string {
  const timeline = timelineOf(windows);
  const last = standingIn(windows);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${name}: monitoring</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header>${head(health, { name, madeAt })}</header>
        <main>
          ${alarmSection(health)} ${historySection(windows, timeline)}
          ${timeline === undefined ? null : keySection(timeline)}
          ${last === undefined ? null : html`${featureSection(last, timeline)} ${predictionSection(last, timeline)}`}
          ${timeline === undefined ? null : html`${labelSection(timeline)} ${serviceSection(timeline)} ${businessSection(timeline)}`}
          ${windowsSection(windows)}
        </main>
        <footer>${footer}</footer>
      </body>
    </html> `.markup;
}

const BADGES = { good: "good", warn: "warn", bad: "bad", faint: "", strong: "" } as const;

function head(health: Health, { name, madeAt }: Pick<PageRequest, "name" | "madeAt">): Html {
  const [word, style] = statusWord(health.status);
  const { digest, rows, refusedRequests, windows, ofModel } = health;
  const facts: readonly (readonly [string, Html | string])[] = [
    [
      "model",
      html`<code>${shortDigest(digest)}</code>${ofModel === windows ? "" : `, in the last ${ofModel} windows`}`,
    ],
    ["time", spanText(health)],
    ["rows", `${grouped(rows)} predicted`],
    ...(refusedRequests === 0 ? [] : [["refused", `${grouped(refusedRequests)} requests, for their rows`] as const]),
    ["drawn", `${minuteText(madeAt)} UTC`],
  ];
  return html`<h1>${name}</h1>
    <p class="status"><span class="badge ${BADGES[style]}">${word}</span> ${statusText(health)}</p>
    <dl class="counts">
      ${facts.map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
}

function alarmSection({ alarms }: Health): Html | null {
  if (alarms.length === 0) return null;
  return html`<section class="alarms">
    <h2>${alarms.length === 1 ? "1 open alarm" : `${alarms.length} open alarms`}</h2>
    <ul>
      ${alarms.map(alarmItem)}
    </ul>
  </section>`;
}

const alarmItem = ({ signal, severity, since, message, advice }: OpenAlarm): Html =>
  html`<li>
    <h3>▲ ${signal} <span class="badge ${severity === "strong" ? "bad" : "warn"}">${severity}</span></h3>
    <p>${message}${since === null ? "" : `; since ${minuteText(since)} UTC`}</p>
    <p class="note">What to do: ${advice}</p>
  </li>`;

/** What the marks in the pictures mean, and how much a point stands for. */
function keySection(timeline: Timeline): Html {
  const each = windowsAPoint(timeline, MOST_POINTS);
  const thinned =
    each === 1
      ? ""
      : ` Two points stand for ${plural(each, "window")}, with the least and the greatest of each figure.`;
  return html`<p class="note legend">
    In the pictures time is UTC; ▲ marks where an alarm opened, ○ where it was over, ┆ where another model came into
    service.${thinned}
  </p>`;
}

const footer = html`<p class="note">
  PSI is the population stability index, Σ (q − p) ln(q / p) over the bins of training: 0 where a window is as training
  was. It exceeds the dashed line by chance as seldom as the level of the monitor says, all tests of a window together;
  0.1 and 0.25 only grade what was found. docs/monitoring.md and docs/drift.md of pipefile have each figure and what to
  do about it. Lines of version ${MONITORING_VERSION}.
</p>`;
