/** All endpoints of the service, as an app and as a listener of node:http. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { H3, HTTPError, toNodeHandler, type H3Event } from "h3";
import { nearest } from "../core/nearest.ts";
import * as about from "./about.ts";
import { answer, emptyAnswer, jsonAnswer, problemAnswer, type Answer } from "./answer.ts";
import type { Exchange, Service } from "./asked.ts";
import { directFor } from "./direct.ts";
import { feedback } from "./feedback.ts";
import type { Front } from "./front.ts";
import { hosting } from "./hosted.ts";
import { invocations } from "./invocations.ts";
import { openapiOf } from "./openapi.ts";
import { PAGE_HEADERS, pageFor } from "./page.ts";
import { predict } from "./predict.ts";
import { Problem, shownText } from "./problem.ts";
import { refused } from "./refused.ts";
import { responseOf } from "./send.ts";
import { ROUTES, type Route, type RouteName } from "./route.ts";
import { admissionFor, type Admission } from "./token.ts";
import * as v2 from "./v2.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** What a node:http server is made with. Each request asks once which model answers it. */
export function listenerOf(front: Front): Listener {
  const service: Service = { front, hostedOf: hosting() };
  const admit = admissionFor(front.token);
  const routed = toNodeHandler(appOf(service, admit));
  const direct = directFor({ service, admit, brokenBy });
  return (request, response) => {
    if (!direct(request, response)) void routed(request, response);
  };
}

/** What the framework does with a bug that it meets: it says so, and answers. */
const brokenBy = (bug: unknown): Listener =>
  toNodeHandler(
    new H3({ onError: brokenRequest }).all("/**", () => {
      throw bug;
    }),
  );

/** The app over a service. */
function appOf(service: Service, admit: Admission): H3 {
  const { front } = service;
  const app = new H3({ onError: brokenRequest });
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    const path = route.template.replaceAll(/\{(\w+)\}/g, ":$1");
    const handler = guarded(route, { admit, handle: HANDLERS[name], service });
    app.on(route.method, path, handler);
    if (route.method === "GET") app.on("HEAD", path, handler);
    app.all(path, guarded(route, { admit, handle: otherMethod(route), service }));
  }
  const lost = { isOpen: front.token === undefined, protocol: "plain" } as const;
  return app.all("/**", guarded(lost, { admit, handle: nowhere, service }));
}

type Handle = (service: Service, event: H3Event) => Answer | Promise<Answer>;

const HANDLERS: Readonly<Record<RouteName, Handle>> = {
  home: () => emptyAnswer(302, ["location", "/docs"]),
  docs: ({ front }) => answer(pageFor({ isTokenNeeded: front.token !== undefined }), { headers: PAGE_HEADERS }),
  openapi: ({ front }) => jsonAnswer(openapiOf(front, front.live().served)),
  predict: (service, event) => posted(event, (exchange) => predict(service, exchange)),
  feedback: (service, event) => posted(event, (exchange) => feedback(service, exchange)),
  model: about.model,
  health: about.health,
  ready: about.ready,
  metrics: about.metrics,
  v2: v2.v2Server,
  v2Live: v2.v2Live,
  v2Ready: v2.v2Ready,
  v2Model: (service, event) => v2.v2Model(service, namedIn(event)),
  v2ModelReady: (service, event) => v2.v2ModelReady(service, namedIn(event)),
  v2Infer: (service, event) => posted(event, (exchange) => v2.v2Infer(service, exchange, namedIn(event))),
  v2Version: (service, event) => v2.v2Model(service, namedIn(event)),
  v2VersionReady: (service, event) => v2.v2ModelReady(service, namedIn(event)),
  v2VersionInfer: (service, event) => posted(event, (exchange) => v2.v2Infer(service, exchange, namedIn(event))),
  invocations: (service, event) => posted(event, (exchange) => invocations(service, exchange)),
  ping: about.ping,
  version: about.version,
};

interface Guard {
  readonly admit: Admission;
  readonly handle: Handle;
  readonly service: Service;
}

/** The handler with its problems told in the words of its protocol. */
function guarded(
  { isOpen, protocol }: Pick<Route, "isOpen" | "protocol">,
  { admit, handle, service }: Guard,
): (event: H3Event) => Response | Promise<Response> {
  return (event) => {
    const refuse = (error: unknown): Response => responseOf(refused(error, protocol, requestOf(event)));
    try {
      if (!isOpen) admit(requestOf(event));
      const told = handle(service, event);
      return told instanceof Promise ? told.then(responseOf, refuse) : responseOf(told);
    } catch (error) {
      return refuse(error);
    }
  };
}

const requestOf = ({ runtime }: H3Event): IncomingMessage => {
  if (runtime?.node === undefined) throw new Error("the app answers the requests of node:http");
  return runtime.node.req as IncomingMessage;
};

/** What throws before the body is read rejects. */
const posted = (event: H3Event, post: (exchange: Exchange) => void): Promise<Answer> =>
  new Promise((made, broken) => post({ request: requestOf(event), made, broken }));

function namedIn({ context }: H3Event): v2.Named {
  const { model = "", version } = context.params ?? {};
  return version === undefined ? { model: decoded(model) } : { model: decoded(model), version };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function otherMethod({ method, template }: Route): Handle {
  const allow = method === "GET" ? "GET, HEAD, OPTIONS" : `${method}, OPTIONS`;
  return (_, { req }) => {
    if (req.method === "OPTIONS") return emptyAnswer(204, ["allow", allow]);
    throw new Problem(405, `${template} takes ${method}`, { headers: { allow } });
  };
}

const PLAIN = Object.values<Route>(ROUTES).flatMap(({ template }) => (template.includes("{") ? [] : [template]));
const LONGEST_COMPARED = 60;

function nowhere(_: Service, { url }: H3Event): Answer {
  const path = url.pathname;
  const near = path.length > LONGEST_COMPARED ? undefined : nearest(path, PLAIN);
  const hint = near === undefined ? "/docs lists what is" : `did you mean ${near}?`;
  throw new Problem(404, `there is nothing at ${shownText(path)}: ${hint}`);
}

/** What the framework itself could make nothing of, such as a path that is none; anything else is a bug. */
function brokenRequest(error: HTTPError): Response {
  const isBug = error.unhandled === true || error.status >= 500;
  const problem = isBug ? new Problem(500, "the service failed") : new Problem(error.status, "the request is no HTTP");
  return responseOf(problemAnswer(problem, "plain"));
}
