/** What every endpoint that predicts does: the body read, and the model asked that answers now. */

import type { IncomingMessage } from "node:http";
import type { Answer, Protocol } from "./answer.ts";
import { formatOf, fromBody, type Format, type Outcome } from "./body.ts";
import type { Front } from "./front.ts";
import type { Hosted } from "./hosted.ts";
import { Problem } from "./problem.ts";
import { refused } from "./refused.ts";
import type { Served } from "./served.ts";

/** What the endpoints share. */
export interface Service {
  readonly front: Front;
  readonly hostedOf: (served: Served) => Hosted;
}

export interface Posted {
  readonly body: Buffer;
  readonly format: Format;
  /** The model that answers, to the end of the request. */
  readonly hosted: Hosted;
}

export type Reply = (posted: Posted) => Answer | Promise<Answer>;

/** A request, and where its answer goes. */
export interface Exchange extends Outcome<Answer> {
  readonly request: IncomingMessage;
}

export interface Asked {
  readonly exchange: Exchange;
  /** In whose words a problem is told. */
  readonly protocol: Protocol;
}

/** Throws where nothing of the body is read. */
export function reply({ front, hostedOf }: Service, { exchange, protocol }: Asked, told: Reply): void {
  if (!front.isReady())
    throw new Problem(503, "the service is starting or ending: ask again", { headers: { "retry-after": "1" } });
  const { request, made, broken } = exchange;
  const format = formatOf(request);
  fromBody(request, front.mostBytes, {
    make: (body) => told({ body, format, hosted: hostedOf(front.live().served) }),
    refuse(error) {
      if (error instanceof Problem && error.status === 400 && error.row !== undefined) front.onRefusedRow(error);
      return refused(error, protocol, request);
    },
    made,
    broken,
  });
}
