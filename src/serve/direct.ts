/** What a service is asked all the time, past the framework: whose request, event and response cost as much as the rest. */

import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";
import type { Service } from "./asked.ts";
import { invocations } from "./invocations.ts";
import { predict } from "./predict.ts";
import { refused } from "./refused.ts";
import { ROUTES, type Route } from "./route.ts";
import type { Admission } from "./token.ts";

interface Direct {
  readonly route: Route;
  readonly post: (service: Service, request: IncomingMessage) => Promise<Answer>;
}

const LIST: readonly Direct[] = [
  { route: ROUTES.predict, post: predict },
  { route: ROUTES.invocations, post: invocations },
];
const DIRECT = new Map(LIST.map((each) => [each.route.template, each]));

/** Undefined for whatever the framework has to look at, such as the same path with a query. */
export function directFor(
  service: Service,
  admit: Admission,
): (request: IncomingMessage) => Promise<Answer> | undefined {
  return (request) => {
    const direct = request.method === "POST" ? DIRECT.get(request.url ?? "") : undefined;
    if (direct === undefined) return undefined;
    try {
      admit(request);
      return direct.post(service, request);
    } catch (error) {
      return Promise.resolve(refused(error, direct.route.protocol, request));
    }
  };
}
