/** A table that was scored as a whole, as one window of monitoring. */

import type { MonitoringWindow } from "../core/monitoring.ts";
import type { LinearModel } from "../model/linear.ts";
import type { Row } from "../model/schema.ts";
import { judged } from "./alarm.ts";
import { Gathering } from "./gathering.ts";
import { monitoredOf } from "./part.ts";
import { shapeOf } from "./shape.ts";
import { verdictsOn } from "./verdict.ts";
import { windowOf } from "./window.ts";

export interface BatchModel {
  readonly model: LinearModel;
  /** SHA-256 of the model's file, hex. */
  readonly digest: string;
}

/** How often a table as in training may look as if it were another, all tests together. */
const LEVEL = 0.01;

/**
 * `for (const row of rows) batch.add(row, predict(model, row)); writeFile(path, batch.line());`
 *
 * Its memory does not grow with the rows, and the same rows give the same line.
 */
export class BatchWindow {
  readonly #gathering: Gathering;

  constructor({ model, digest }: BatchModel) {
    const { features, reference, metrics } = model;
    this.#gathering = new Gathering(monitoredOf({ digest, features, reference, rmse: metrics.model.rmse }));
  }

  /** `row[i]` belongs to the model's `features[i]`; the prediction is in the target's unit. */
  add(row: Row, prediction: number): void {
    this.#gathering.predicted([row], [prediction]);
  }

  /** Without a time, so that nothing but the rows and the model makes it. A table has no episodes: what is wrong is said at once. */
  window(): MonitoringWindow {
    const context = { source: "batch", from: null, to: null, ended: "end", level: LEVEL, usage: undefined } as const;
    const window = windowOf(this.#gathering.taken(), shapeOf(this.#gathering.model), context);
    const { alerts } = judged([], verdictsOn(window, NO_SERVICE), { rule: { wrong: 1, of: 1 }, at: null });
    return { ...window, alerts, status: alerts.length > 0 ? "alert" : window.status };
  }

  /** A line of monitoring, with its end. */
  line(): string {
    return `${JSON.stringify(this.window())}\n`;
  }
}

const NO_SERVICE = { errorRate: 1, latencySeconds: undefined };
