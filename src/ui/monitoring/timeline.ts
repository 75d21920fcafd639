/** Windows along time, and what is drawn of each: a point, or of very many windows the least and the greatest of some. Pure. */

import { shortDigest } from "../../core/model-version.ts";
import { isLate, type MonitoringWindow } from "../../core/monitoring.ts";

export interface Timeline {
  /** Those of models in service that have a time, the latest last. */
  readonly windows: readonly MonitoringWindow[];
  /** Milliseconds since 1970-01-01 UTC: the start of the first and the end of the last. */
  readonly span: readonly [fromMs: number, toMs: number];
  readonly changes: readonly Mark[];
}

/** Something that happened, as it stands in a picture. */
export interface Mark {
  readonly atMs: number;
  readonly kind: "open" | "recovered" | "model";
  readonly text: string;
}

export interface Point {
  readonly atMs: number;
  /** Null where nothing can be told. */
  readonly value: number | null;
}

export type Figure = (window: MonitoringWindow) => number | null | undefined;

/** Undefined where no window has a time. */
export function timelineOf(all: readonly MonitoringWindow[]): Timeline | undefined {
  const windows = all.filter((window) => window.to !== null && !isLate(window));
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const changes = windows.flatMap((window, at): readonly Mark[] => {
    const { model_digest: before } = windows[at - 1] ?? window;
    if (before === window.model_digest) return [];
    const text = `${shortDigest(window.model_digest)} is in service instead of ${shortDigest(before)}`;
    return [{ atMs: Date.parse(window.from ?? window.to ?? ""), kind: "model", text }];
  });
  return { windows, span: [Date.parse(first.from ?? first.to ?? ""), endOf(last)], changes };
}

const endOf = ({ to }: MonitoringWindow): number => Date.parse(to ?? "");

/** The alerts about a signal, and the changes of the model. */
export const marksOf = ({ windows, changes }: Timeline, signal: string): readonly Mark[] => [
  ...changes,
  ...windows.flatMap((window) =>
    window.alerts
      .filter((alert) => alert.signal === signal)
      .map(({ state, message }): Mark => ({ atMs: endOf(window), kind: state, text: message })),
  ),
];

/** How many windows a point stands for, where so many points are drawn at most. */
export const windowsAPoint = ({ windows }: Timeline, mostPoints: number): number =>
  // Of several there are two: the least and the greatest.
  windows.length <= mostPoints ? 1 : Math.ceil((2 * windows.length) / mostPoints);

/** A figure along time; of several windows in a point the least and the greatest, in the order in which they came. */
export function pointsOf(timeline: Timeline, figure: Figure, mostPoints: number): readonly Point[] {
  return groupsOf(timeline, mostPoints).flatMap((group) => {
    const points = group.map((window) => ({ atMs: endOf(window), value: figure(window) ?? null }));
    if (points.length <= 1) return points;
    const known = points.filter(({ value }) => value !== null);
    if (known.length === 0) return points.slice(0, 1);
    const [least, greatest] = [extremeOf(known, -1), extremeOf(known, 1)];
    return points.filter((point) => point === least || point === greatest);
  });
}

/** The least (-1) or the greatest (1) of each group of windows: the edge of what lies between two figures. */
export const edgeOf = (
  timeline: Timeline,
  figure: Figure,
  { sign, mostPoints }: { readonly sign: 1 | -1; readonly mostPoints: number },
): readonly Point[] =>
  groupsOf(timeline, mostPoints).map((group) => {
    const points = group.map((window) => ({ atMs: endOf(window), value: figure(window) ?? null }));
    const [last] = points.slice(-1);
    const extreme = extremeOf(
      points.filter(({ value }) => value !== null),
      sign,
    );
    return { atMs: last?.atMs ?? 0, value: extreme?.value ?? null };
  });

function groupsOf(timeline: Timeline, mostPoints: number): readonly (readonly MonitoringWindow[])[] {
  const { windows } = timeline;
  const size = windowsAPoint(timeline, mostPoints);
  return Array.from({ length: Math.ceil(windows.length / size) }, (_, at) => windows.slice(at * size, (at + 1) * size));
}

const extremeOf = (known: readonly Point[], sign: 1 | -1): Point | undefined =>
  known.reduce<Point | undefined>(
    (best, each) => (best === undefined || sign * ((each.value ?? 0) - (best.value ?? 0)) > 0 ? each : best),
    undefined,
  );
