/** `POST /predict`: rows in, predictions out. */

import { answer, type Answer } from "./answer.ts";
import { reply, type Exchange, type Posted, type Service } from "./asked.ts";
import { jsonOf, textOf } from "./body.ts";
import { csvRows } from "./csv.ts";
import { predicted } from "./predictions.ts";
import { givenRows, type Given } from "./shape.ts";

export const predict = (service: Service, exchange: Exchange): void =>
  reply(service, { exchange, protocol: "plain" }, (posted) => predictionFor(posted, service.front.mostRows));

function predictionFor(posted: Posted, mostRows: number): Answer | Promise<Answer> {
  const { hosted } = posted;
  const { rows, isOne } = givenIn(posted, mostRows);
  return predicted(hosted.served, rows, (predictions) => {
    const told = isOne
      ? `"prediction":${JSON.stringify(predictions[0])}`
      : `"predictions":${JSON.stringify(predictions)}`;
    return answer(`{${told},"model":"${hosted.served.digest}"}`, hosted);
  });
}

function givenIn({ body, format, hosted }: Posted, mostRows: number): Given {
  if (format === "json") return givenRows(hosted.reading, jsonOf(body), mostRows);
  return { rows: csvRows(hosted.reading, textOf(body), mostRows), isOne: false };
}
