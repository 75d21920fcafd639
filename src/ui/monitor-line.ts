/** `pipe monitor --follow`: a window in one line, and one for each alarm that opened or closed with it. Pure. */

import type { MonitoringWindow } from "../core/monitoring.ts";
import { figureText, grouped, minuteText } from "./figure.ts";
import { statusWord, type Sheet } from "./monitor.ts";
import { cut, harmless } from "./width.ts";

export function windowText(window: MonitoringWindow, { columns, blocks, paint }: Omit<Sheet, "nowMs">): string {
  const { to, status, data, alerts } = window;
  const [word, style] = statusWord(status);
  const head = `${to === null ? "a table" : minuteText(to)}  `;
  const rest = `  ${[`${grouped(data.rows)} rows`, ...factsOf(window)].join(", ")}`;
  const lines = alerts.map(({ signal, state, message }) => {
    const [word, style] = state === "open" ? (["open", "bad"] as const) : (["recovered", "good"] as const);
    const text = `  ${harmless(message.startsWith(signal) ? message : `${signal}: ${message}`)}`;
    return `  ${paint(style, word)}${cut(text, columns - 2 - word.length, blocks.cut)}\n`;
  });
  const width = columns - head.length - word.length;
  return `${head}${paint(style, word)}${cut(harmless(rest), width, blocks.cut)}\n${lines.join("")}`;
}

/** The feature that is furthest from training, and how the service fares. */
function factsOf({ data, model, system }: MonitoringWindow): readonly string[] {
  const [furthest] = data.features.toSorted((one, other) => (other.psi ?? -1) - (one.psi ?? -1));
  const drift =
    furthest === undefined || furthest.psi === null ? [] : [`${figureText(furthest.psi, "psi")} of ${furthest.name}`];
  const labels = model.labels.rmse === null ? [] : [figureText(model.labels.rmse, "rmse")];
  if (system === null) return [...drift, ...labels];
  const { error_rate, latency_seconds_p99 } = system;
  const served = [
    ...(latency_seconds_p99 === null ? [] : [`p99 ${figureText(latency_seconds_p99, "seconds")}`]),
    ...(error_rate === null || error_rate === 0 ? [] : [`errors ${figureText(error_rate, "share")}`]),
  ];
  return [...drift, ...labels, ...served];
}
