/** What the service tells of itself and of its model. */

import { answer, jsonAnswer, TEXT_HEADERS } from "./answer.ts";
import type { Service } from "./asked.ts";
import { exampleRow } from "./example.ts";
import { notReady } from "./v2.ts";

export const health = (): Response => jsonAnswer({ status: "ok" });

export const ready = ({ front }: Service): Response =>
  front.isReady() ? jsonAnswer({ status: "ready" }) : notReady({ status: "not ready" });

export function model({ front }: Service): Response {
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

const OPEN_METRICS = [["content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8"]] as const;

export const metrics = async ({ front }: Service): Promise<Response> =>
  answer(await front.metrics(), { headers: [...OPEN_METRICS, ...TEXT_HEADERS.slice(1)] });

export const ping = (): Response => answer("\n", { headers: TEXT_HEADERS });

export const version = ({ front }: Service): Response => answer(front.version, { headers: TEXT_HEADERS });
