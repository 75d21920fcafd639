/** What the routes see of the service. */

import type { Feedback, Taken } from "../monitor/feedback.ts";
import type { Problem } from "./problem.ts";
import type { Live } from "./served.ts";

export interface Front {
  /** The name of the model in paths and documents. */
  readonly name: string;
  /** Of pipe itself. */
  readonly version: string;
  /** What a client has to send as `Authorization: Bearer …`; undefined where nobody asks. */
  readonly token: string | undefined;
  /** The most rows of one request. */
  readonly mostRows: number;
  /** The most bytes of one request's body. */
  readonly mostBytes: number;
  /** The model that answers now: a request asks once, and ends on what it got. */
  live(): Live;
  /** False while the service starts or ends. */
  isReady(): boolean;
  /** All that is measured, as OpenMetrics text. */
  metrics(): Promise<string>;
  /** What came true, and figures of the business. */
  feedback(given: Feedback): Promise<Taken>;
  /** A request was refused for what a row of it holds. */
  onRefusedRow(problem: Problem): void;
}
