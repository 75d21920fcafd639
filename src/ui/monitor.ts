/** `pipe monitor`: how the model fares, to be read in ten seconds. Pure. */

import { shortDigest } from "../core/model-version.ts";
import { figureText, grouped, minuteText, usualText } from "./figure.ts";
import { formatDuration, plural } from "./format.ts";
import type { Health, OpenAlarm } from "./health.ts";
import type { Paint, Style } from "./paint.ts";
import type { Signal } from "./signal.ts";
import { sparkline, type Blocks } from "./sparkline.ts";
import { cut, harmless, padded, widthOf, wrapped } from "./width.ts";

export interface Sheet {
  /** As wide as the terminal. */
  readonly columns: number;
  readonly blocks: Blocks;
  readonly paint: Paint;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly nowMs: number;
}

export function healthText(health: Health, sheet: Sheet): string {
  const alarms = health.alarms.map((alarm) => `\n${alarmText(alarm, sheet)}`);
  return `${headText(health, sheet)}${alarms.join("")}\n${tableText(health.signals, sheet)}`;
}

const INDENT = 10;

/** A word in a column of its own, and what it is about beside it, in as many lines as that takes. */
function told(word: string, style: Style, { text, sheet }: { readonly text: string; readonly sheet: Sheet }): string {
  const lines = wrapped(harmless(text), Math.max(sheet.columns - INDENT, INDENT));
  return lines
    .map((line, at) => `${at === 0 ? sheet.paint(style, padded(word, INDENT)) : " ".repeat(INDENT)}${line}\n`)
    .join("");
}

const STATUS: Readonly<Record<Health["status"], readonly [word: string, style: Style]>> = {
  ok: ["ok", "good"],
  insufficient: ["few rows", "warn"],
  alert: ["alert", "bad"],
};

/** A status as a word, painted. */
export const statusWord = (status: Health["status"]): readonly [word: string, style: Style] => STATUS[status];

function headText(health: Health, sheet: Sheet): string {
  const { status, digest, windows, ofModel, rows, refusedRequests } = health;
  const among = ofModel === windows ? "" : `, in the last ${ofModel} of these ${plural(windows, "window")}`;
  const refused = refusedRequests === 0 ? "" : `, ${grouped(refusedRequests)} requests refused for their rows`;
  return [
    told(...statusWord(status), { text: statusText(health), sheet }),
    told("model", "faint", { text: `${shortDigest(digest)}${among}`, sheet }),
    told("time", "faint", { text: `${spanText(health)}${agoText(health, sheet.nowMs)}`, sheet }),
    told("rows", "faint", { text: `${grouped(rows)} predicted${refused}`, sheet }),
  ].join("");
}

export function statusText({ status, alarms }: Health): string {
  if (status === "alert") return alarms.length === 1 ? "1 alarm is open" : `${alarms.length} alarms are open`;
  return status === "ok" ? "no alarm is open" : "too few rows in the last window to say anything of the data";
}

/** From when to when, and how many windows. */
export function spanText({ from, to, windows }: Health): string {
  if (from === null || to === null) return "a table, which was scored as a whole";
  return `${minuteText(from)} to ${minuteText(to)} UTC: ${grouped(windows)} ${windows === 1 ? "window" : "windows"}`;
}

function agoText({ from, to }: Health, nowMs: number): string {
  if (from === null || to === null) return "";
  return `, the last ended ${formatDuration(Math.max(nowMs - Date.parse(to), 0))} ago`;
}

const SEVERE: Readonly<Record<OpenAlarm["severity"], Style>> = { slight: "warn", moderate: "warn", strong: "bad" };

function alarmText({ signal, severity, since, message, advice }: OpenAlarm, sheet: Sheet): string {
  const when = since === null ? "" : `, since ${minuteText(since)} UTC`;
  return [
    told(severity, SEVERE[severity], { text: `${signal}${when}`, sheet }),
    told("", "faint", { text: message, sheet }),
    told("do", "faint", { text: advice, sheet }),
  ].join("");
}

interface Row {
  readonly signal: Signal;
  readonly name: string;
  readonly last: string;
  readonly all: string;
  readonly usual: string;
}

const LEAST_SPARK = 8;
const GAP = 2;

function tableText(signals: readonly Signal[], sheet: Sheet): string {
  const { shown, left } = mostTelling(signals);
  const { columns, blocks, paint } = sheet;
  const head = { name: "signal", last: "last", all: "all", usual: "usual" };
  const rows = shown.map(rowOf);
  const nameWidth = Math.min(widest(rows, head, "name"), Math.max(Math.floor(columns * 0.36), 12));
  const kinds = columnsThatFit(rows, head, columns - GAP - nameWidth - GAP - LEAST_SPARK);
  const widths = kinds.map((kind) => widest(rows, head, kind));
  const taken = GAP + nameWidth + widths.reduce((sum, width) => sum + GAP + width, 0) + GAP;
  const lineOf = (row: typeof head, mark: string): string =>
    `${mark} ${padded(cut(row.name, nameWidth, blocks.cut), nameWidth)}${kinds.map((kind, at) => `  ${padded(row[kind], widths[at] ?? 0)}`).join("")}  `;
  const lines = rows.map((row) => {
    const { isAlarm, values, usual } = row.signal;
    const recent = values.slice(-Math.max(columns - taken, LEAST_SPARK));
    const text = `${lineOf(row, isAlarm ? "!" : " ")}${sparkline(recent, usual, blocks)}`;
    return `${paint(isAlarm ? "bad" : "strong", text.slice(0, 1))}${text.slice(1)}`.trimEnd();
  });
  const more = left === 0 ? [] : [`  and ${plural(left, "more row")}, which the page has`];
  return [paint("faint", `${lineOf(head, " ")}windows`), ...lines, ...more].map((line) => `${line}\n`).join("");
}

type Kind = "last" | "all" | "usual";

/** On a narrow terminal what is least needed goes. */
const columnsThatFit = (rows: readonly Row[], head: Readonly<Record<Kind, string>>, width: number): readonly Kind[] =>
  (
    [
      ["last", "all", "usual"],
      ["last", "usual"],
    ] as const
  ).find((kinds) => kinds.reduce((sum, kind) => sum + GAP + widest(rows, head, kind), 0) <= width) ?? ["last"];

const widest = <K extends "name" | Kind>(
  rows: readonly Readonly<Record<K, string>>[],
  head: Readonly<Record<K, string>>,
  kind: K,
): number => Math.max(widthOf(head[kind]), ...rows.map((row) => widthOf(row[kind])));

const rowOf = (signal: Signal): Row => ({
  signal,
  name: harmless(signal.signal),
  last: figureText(signal.last, signal.unit),
  all: figureText(signal.all, signal.unit),
  usual: usualText(signal),
});

const MOST_ROWS = 12;

/** Of many features those that an alarm is about, and then those that are furthest from what is usual; of KPIs the first. */
function mostTelling(signals: readonly Signal[]): { readonly shown: readonly Signal[]; readonly left: number } {
  const isOfFeature = ({ signal }: Signal): boolean => /^(?:data|missing|new)\./.test(signal);
  const isKpi = ({ signal }: Signal): boolean => signal.startsWith("kpi.");
  const features = signals.filter(isOfFeature).toSorted((one, other) => oddness(other) - oddness(one));
  const left = new Set([
    ...features.filter(({ isAlarm }, at) => !isAlarm && at >= MOST_ROWS),
    ...signals.filter(isKpi).slice(MOST_ROWS),
  ]);
  return { shown: signals.filter((signal) => !left.has(signal)), left: left.size };
}

function oddness({ isAlarm, last, all, usual }: Signal): number {
  const value = Math.max(last ?? 0, all ?? 0);
  return isAlarm ? Infinity : value === 0 ? 0 : value / Math.max(usual ?? 1, 1e-6);
}
