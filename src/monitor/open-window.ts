/** A window that is open: what has come of a model since it began. */

import type { MonitoringWindow } from "../core/monitoring.ts";
import type { MonitorPolicy } from "../core/monitored.ts";
import { addedParts, emptyPart, type Monitored, type Part } from "./part.ts";
import { shapeOf, type Shape } from "./shape.ts";
import { windowOf, type Usage } from "./window.ts";

export class OpenWindow {
  readonly model: Monitored;
  readonly startMs: number;
  readonly #shape: Shape;
  #part: Part;
  #usage: Usage = { rssBytes: 0, lagSeconds: 0 };

  constructor(model: Monitored, startMs: number) {
    this.model = model;
    this.startMs = startMs;
    this.#shape = shapeOf(model);
    this.#part = emptyPart(model);
  }

  add(part: Part): void {
    this.#part = addedParts(this.#part, part);
  }

  /** Of all processes, now. */
  used({ rssBytes, lagSeconds }: Usage): void {
    this.#usage = { rssBytes: Math.max(this.#usage.rssBytes, rssBytes), lagSeconds };
  }

  /** The names of its figures of the business. */
  get kpis(): readonly string[] {
    return Object.keys(this.#part.kpis);
  }

  /** True where nothing but what comes after a prediction came. */
  get isLate(): boolean {
    const { rows, refusedRequests, requests } = this.#part;
    return rows + refusedRequests + requests.requests === 0;
  }

  get isEmpty(): boolean {
    return isEmpty(this.#part);
  }

  /** Why it ends now; undefined where it goes on. */
  isDue(nowMs: number, { rows, minTimeMs, timeMs }: MonitorPolicy): "rows" | "time" | undefined {
    const elapsedMs = nowMs - this.startMs;
    // A clock that was set back would keep it open for as long.
    if (elapsedMs >= timeMs || elapsedMs < 0) return "time";
    return this.#part.rows >= rows && elapsedMs >= minTimeMs ? "rows" : undefined;
  }

  /** The line that it would be if it ended now. */
  at(nowMs: number, of: { readonly ended: MonitoringWindow["ended"]; readonly level: number }): MonitoringWindow {
    return windowOf(this.#part, this.#shape, {
      ...of,
      source: "service",
      from: new Date(Math.min(this.startMs, nowMs)).toISOString(),
      to: new Date(nowMs).toISOString(),
      usage: this.#usage,
    });
  }
}

/** True where nothing came. */
export const isEmpty = ({ rows, refusedRequests, requests, labels, kpis }: Part): boolean =>
  rows + refusedRequests + requests.requests + labels.n === 0 && Object.keys(kpis).length === 0;
