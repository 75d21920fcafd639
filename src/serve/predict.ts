/** `POST /predict`: rows in, predictions out. */

import { answer, type Answer } from "./answer.ts";
import { reply, type Exchange, type Posted, type Service } from "./asked.ts";
import { jsonOf, textOf } from "./body.ts";
import { csvRows } from "./csv.ts";
import { idOf } from "./feedback.ts";
import type { Hosted } from "./hosted.ts";
import { predicted } from "./predictions.ts";
import type { ServedPrediction } from "./served.ts";
import { givenRows, type Given } from "./shape.ts";

export const predict = (service: Service, exchange: Exchange): void =>
  reply(service, { exchange, protocol: "plain" }, (posted) => predictionFor(posted, service.front.mostRows));

function predictionFor(posted: Posted, mostRows: number): Answer | Promise<Answer> {
  const { hosted } = posted;
  const { rows, isOne } = givenIn(posted, mostRows);
  return predicted(hosted.served, rows, (predictions) => {
    const told = isOne ? oneTold(hosted, predictions[0] as ServedPrediction) : allTold(hosted, predictions);
    return answer(`{${told},"model":"${hosted.served.digest}"}`, hosted);
  });
}

function oneTold(hosted: Hosted, prediction: ServedPrediction): string {
  const id = idOf(hosted, prediction, Date.now());
  return `"prediction":${JSON.stringify(prediction)}${id === undefined ? "" : `,"id":"${id}"`}`;
}

function allTold(hosted: Hosted, predictions: readonly ServedPrediction[]): string {
  const atMs = Date.now();
  const ids = predictions.map((prediction) => idOf(hosted, prediction, atMs));
  return `"predictions":${JSON.stringify(predictions)}${ids.includes(undefined) ? "" : `,"ids":${JSON.stringify(ids)}`}`;
}

function givenIn({ body, format, hosted }: Posted, mostRows: number): Given {
  if (format === "json") return givenRows(hosted.reading, jsonOf(body), mostRows);
  return { rows: csvRows(hosted.reading, textOf(body), mostRows), isOne: false };
}
