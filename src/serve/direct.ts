/** What a service is asked all the time, past the framework: whose request, event and response cost as much as the rest. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import type { Exchange, Service } from "./asked.ts";
import { invocations } from "./invocations.ts";
import { predict } from "./predict.ts";
import { Problem } from "./problem.ts";
import { refused } from "./refused.ts";
import { ROUTES, type Route } from "./route.ts";
import { send } from "./send.ts";
import type { Admission } from "./token.ts";

interface Direct {
  readonly route: Route;
  readonly post: (service: Service, exchange: Exchange) => void;
}

const LIST: readonly Direct[] = [
  { route: ROUTES.predict, post: predict },
  { route: ROUTES.invocations, post: invocations },
];
const DIRECT = new Map(LIST.map((each) => [each.route.template, each]));

type Listener<T> = (request: IncomingMessage, response: ServerResponse) => T;

export interface DirectRequest {
  readonly service: Service;
  readonly admit: Admission;
  /** What becomes of a request that ran into a bug. */
  readonly brokenBy: (bug: unknown) => Listener<void>;
}

/** False for whatever the framework has to look at, such as the same path with a query. */
export function directFor({ service, admit, brokenBy }: DirectRequest): Listener<boolean> {
  return (request, response) => {
    const direct = request.method === "POST" ? DIRECT.get(request.url ?? "") : undefined;
    if (direct === undefined) return false;
    const made = (said: Answer): void => send(response, said);
    const broken = (bug: unknown): void => brokenBy(bug)(request, response);
    try {
      admit(request);
      direct.post(service, { request, made, broken });
    } catch (error) {
      if (error instanceof Problem) made(refused(error, direct.route.protocol, request));
      else broken(error);
    }
    return true;
  };
}
