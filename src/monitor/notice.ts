/** What people are told of a window: what is alike in one notice, however many features it is about. Pure. */

import type { MonitoringAlert, MonitoringWindow } from "../core/monitoring.ts";

const ABOUT = ["drift", "labels", "errors", "latency"] as const;
type About = (typeof ABOUT)[number];

/** All that a monitor may tell. */
export const NOTICE_CODES = [
  ...ABOUT,
  ...ABOUT.map((about): `${About}-recovered` => `${about}-recovered`),
  "kpis-failed",
  "monitoring-not-written",
] as const;

export type NoticeCode = (typeof NOTICE_CODES)[number];

export interface MonitorNotice {
  readonly level: "error" | "warning" | "info";
  readonly code: NoticeCode;
  readonly message: string;
  /** SHA-256 of the model that it is about, hex. */
  readonly digest: string;
}

export function noticesOf({ alerts, model_digest: digest }: MonitoringWindow): readonly MonitorNotice[] {
  const codes = [...new Set(alerts.map(codeOf))];
  return codes.map((code) => {
    const alike = alerts.filter((alert) => codeOf(alert) === code);
    return { level: levelOf(alike), code, message: messageOf(alike), digest };
  });
}

/** Whatever has no name of its own is a feature, or the predictions. */
function codeOf({ signal, state }: MonitoringAlert): NoticeCode {
  const about = ABOUT.find((each) => each === signal) ?? "drift";
  return state === "open" ? about : `${about}-recovered`;
}

function levelOf(alike: readonly MonitoringAlert[]): MonitorNotice["level"] {
  if (alike.every(({ state }) => state === "recovered")) return "info";
  return alike.some(({ severity }) => severity === "strong") ? "error" : "warning";
}

const MOST_TOLD = 5;
const GRADES = ["strong", "moderate", "slight"];

/** The worst first. */
function messageOf(alike: readonly MonitoringAlert[]): string {
  const sorted = alike.toSorted((one, other) => GRADES.indexOf(one.severity) - GRADES.indexOf(other.severity));
  const told = sorted.slice(0, MOST_TOLD).map(({ message }) => message);
  return [...told, ...(sorted.length > MOST_TOLD ? [`and ${sorted.length - MOST_TOLD} more`] : [])].join("; ");
}
