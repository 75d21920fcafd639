/** What the service tells of itself and of its model. */

import { answer, headersFor, jsonAnswer, TEXT_HEADERS, type Answer } from "./answer.ts";
import type { Service } from "./asked.ts";
import { exampleRow } from "./example.ts";
import { notReady } from "./v2.ts";

export const health = (): Answer => jsonAnswer({ status: "ok" });

export const ready = ({ front }: Service): Answer =>
  front.isReady() ? jsonAnswer({ status: "ready" }) : notReady({ status: "not ready" });

export function model({ front }: Service): Answer {
  const { served, sinceMs } = front.live();
  const { digest, kind, schema, metrics } = served;
  return jsonAnswer({
    name: front.name,
    digest,
    kind,
    schema,
    metrics,
    since: new Date(sinceMs).toISOString(),
    version: front.version,
    example: exampleRow(schema),
  });
}

const OPEN_METRICS = headersFor("application/openmetrics-text; version=1.0.0; charset=utf-8");

export const metrics = async ({ front }: Service): Promise<Answer> =>
  answer(await front.metrics(), { headers: OPEN_METRICS });

export const ping = (): Answer => answer("\n", { headers: TEXT_HEADERS });

export const version = ({ front }: Service): Answer => answer(front.version, { headers: TEXT_HEADERS });
