/** `POST /predict`: rows in, predictions out. */

import type { IncomingMessage } from "node:http";
import { answer } from "./answer.ts";
import { postedTo, predicted, type Posted, type Service } from "./asked.ts";
import { jsonOf, textOf } from "./body.ts";
import { csvRows } from "./csv.ts";
import { givenRows, type Given } from "./shape.ts";

export async function predict(service: Service, request: IncomingMessage): Promise<Response> {
  const posted = await postedTo(service, request);
  const { hosted } = posted;
  const { rows, isOne } = givenIn(posted, service.front.mostRows);
  const predictions = await predicted(hosted, rows);
  const told = isOne
    ? `"prediction":${JSON.stringify(predictions[0])}`
    : `"predictions":${JSON.stringify(predictions)}`;
  return answer(`{${told},"model":"${hosted.served.digest}"}`, hosted);
}

function givenIn({ body, format, hosted }: Posted, mostRows: number): Given {
  if (format === "json") return givenRows(hosted.reading, jsonOf(body), mostRows);
  return { rows: csvRows(hosted.reading, textOf(body), mostRows), isOne: false };
}
