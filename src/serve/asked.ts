/** What every endpoint that predicts does: the body read, the rows made of it, the model asked. */

import type { IncomingMessage } from "node:http";
import type { Row } from "../model/schema.ts";
import { bodyOf, formatOf } from "./body.ts";
import type { Front } from "./front.ts";
import type { Hosted } from "./hosted.ts";
import { predictionsOf } from "./predictions.ts";
import { Problem } from "./problem.ts";
import type { Served, ServedPrediction } from "./served.ts";

/** What the endpoints share. */
export interface Service {
  readonly front: Front;
  readonly hostedOf: (served: Served) => Hosted;
}

export interface Posted {
  readonly body: Buffer;
  readonly format: "json" | "csv";
  /** The model that answers, to the end of the request. */
  readonly hosted: Hosted;
}

export async function postedTo({ front, hostedOf }: Service, request: IncomingMessage): Promise<Posted> {
  if (!front.isReady())
    throw new Problem(503, "the service is starting or ending: ask again", { headers: { "retry-after": "1" } });
  const format = formatOf(request);
  const body = await bodyOf(request, front.mostBytes);
  return { body, format, hosted: hostedOf(front.live().served) };
}

export const predicted = ({ served }: Hosted, rows: readonly Row[]): Promise<readonly ServedPrediction[]> =>
  predictionsOf(served, rows);
