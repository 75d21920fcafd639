/** What comes back after a prediction: what came true, and figures of the business. Pure. */

import type { KpiWindow } from "../core/monitoring.ts";
import { GREATEST_MEASURE } from "./label.ts";
import { addedKpi } from "./part.ts";
import type { Predicted } from "./prediction-id.ts";

/** The value that came true for a prediction. */
export interface LabelGiven {
  readonly id: string;
  readonly predicted: Predicted;
  /** Of the same type as what was predicted. */
  readonly actual: number | string;
}

export interface Feedback {
  readonly labels: readonly LabelGiven[];
  /** One figure each. */
  readonly kpis: readonly (readonly [name: string, value: number])[];
}

/** What became of feedback. */
export interface Taken {
  readonly labels: number;
  readonly kpis: number;
  /** Labels that had come before: they count once. */
  readonly repeated: number;
  /** Labels for a model that was not in service since the service started. */
  readonly unknown: number;
}

export function kpiOf(figure: number): KpiWindow {
  // JSON has no −0.
  const value = figure + 0;
  return { n: 1, sum: value, mean: value, least: value, greatest: value };
}

export const isKpiName = (name: string): boolean => /^[\w.-]{1,64}$/.test(name) && name !== "__proto__";
export const isMeasure = (value: unknown): value is number =>
  typeof value === "number" && Math.abs(value) <= GREATEST_MEASURE;

/** Figures of the same name as one. */
export function figuresOf(kpis: Feedback["kpis"]): Readonly<Record<string, KpiWindow>> {
  const figures = new Map<string, KpiWindow>();
  for (const [name, value] of kpis) figures.set(name, addedKpi(figures.get(name), kpiOf(value)));
  return Object.fromEntries(figures);
}

/** The last ids that came: a client that got no answer asks again, soon. */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False for one that came before. */
  isNew(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > this.#limit && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}
