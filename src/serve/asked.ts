/** What every endpoint that predicts does: the body read, and the model asked that answers now. */

import type { IncomingMessage } from "node:http";
import type { Answer, Protocol } from "./answer.ts";
import { formatOf, fromBody, type Format } from "./body.ts";
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

export interface Asked {
  readonly request: IncomingMessage;
  /** In whose words a problem is told. */
  readonly protocol: Protocol;
}

export function replied({ front, hostedOf }: Service, { request, protocol }: Asked, reply: Reply): Promise<Answer> {
  if (!front.isReady())
    throw new Problem(503, "the service is starting or ending: ask again", { headers: { "retry-after": "1" } });
  const format = formatOf(request);
  return fromBody(request, front.mostBytes, {
    make: (body) => reply({ body, format, hosted: hostedOf(front.live().served) }),
    refuse: (error) => refused(error, protocol, request),
  });
}
