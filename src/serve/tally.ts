/** What a model did while it was in service: how often it was asked, how often it failed, and how long it took. */

import type { DDSketch } from "@datadog/sketches-js";
import { addSketch, emptySketch, sketchOf, sketchText } from "../monitor/sketch.ts";

/** The same, as numbers and text that may go to another process. */
export interface TallyRecord {
  readonly requests: number;
  readonly failures: number;
  /** By the decimal digits of how many rows a request had: a sketch of seconds, in base64. */
  readonly durations: Readonly<Record<string, string>>;
}

/**
 * How long a prediction takes depends first of all on how many rows were asked for: durations are kept apart by that.
 */
export class Tally {
  requests = 0;
  failures = 0;
  readonly durations = new Map<number, DDSketch>();

  succeeded(rowCount: number, seconds: number): void {
    this.requests++;
    this.#of(digitsOf(rowCount)).accept(seconds);
  }

  failed(): void {
    this.requests++;
    this.failures++;
  }

  add({ requests, failures, durations }: TallyRecord): void {
    this.requests += requests;
    this.failures += failures;
    for (const [digits, text] of Object.entries(durations)) addSketch(this.#of(Number(digits)), sketchOf(text));
  }

  record(): TallyRecord {
    const { requests, failures } = this;
    const durations = [...this.durations].map(([digits, sketch]) => [String(digits), sketchText(sketch) ?? ""]);
    return { requests, failures, durations: Object.fromEntries(durations) };
  }

  #of(digits: number): DDSketch {
    const known = this.durations.get(digits);
    if (known !== undefined) return known;
    const sketch = emptySketch();
    this.durations.set(digits, sketch);
    return sketch;
  }
}

const digitsOf = (count: number): number => String(count).length;
