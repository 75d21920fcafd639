/** The service as an OpenAPI 3.1 document, made from the model's schema. Pure. */

import type { Front } from "./front.ts";
import { versionOf } from "./hosted.ts";
import { bodiesOf, type Bodies } from "./openapi-body.ts";
import { schemasOf, type Schema } from "./openapi-schema.ts";
import { ROUTES, type Route, type RouteName } from "./route.ts";
import type { Served } from "./served.ts";

type Told = Pick<Front, "name" | "version" | "token" | "mostRows" | "mostBytes">;

export function openapiOf(front: Told, served: Served): object {
  const bodies = bodiesOf(front, served);
  const hasToken = front.token !== undefined;
  return {
    openapi: "3.1.0",
    info: {
      title: front.name,
      version: versionOf(served),
      description: `Predicts ${served.schema.output.name}. Hosted by pipe ${front.version}; the model is a ${served.kind} with the digest ${served.digest}. A request may have ${front.mostRows} rows and ${front.mostBytes} bytes at most.`,
    },
    servers: [{ url: "/" }],
    paths: pathsOf(front, bodies),
    components: {
      schemas: schemasOf(served.schema),
      ...(hasToken ? { securitySchemes: { token: { type: "http", scheme: "bearer" } } } : {}),
    },
    // Without any, an operation is open to all.
    security: hasToken ? [{ token: [] }] : [],
  };
}

function pathsOf(front: Told, bodies: Bodies): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][])
    (paths[route.template] ??= {})[route.method.toLowerCase()] = operationOf({ name, route, front, bodies });
  return paths;
}

interface Operation {
  readonly name: RouteName;
  readonly route: Route;
  readonly front: Told;
  readonly bodies: Bodies;
}

function operationOf({ name, route, front, bodies }: Operation): object {
  const { request, answer } = bodies[name];
  const parameters = parametersOf(route, front);
  return {
    operationId: name,
    summary: route.summary,
    tags: [TAGS[route.protocol]],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(request === undefined ? {} : { requestBody: { required: true, content: request } }),
    ...(route.isOpen && front.token !== undefined ? { security: [] } : {}),
    responses: { ...answer, ...errorsOf(route, front) },
  };
}

const TAGS = { plain: "pipe", v2: "Open Inference Protocol", mlflow: "MLflow" } as const;

function parametersOf({ template }: Route, { name }: Told): readonly object[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => ({
    name: parameter,
    in: "path",
    required: true,
    description: parameter === "model" ? "The model's name" : "The model's digest, or at least 4 of its first digits",
    schema: parameter === "model" ? { type: "string", const: name } : { type: "string", pattern: "^[0-9a-f]{4,64}$" },
  }));
}

const PREDICTING: Readonly<Record<number, string>> = {
  400: "The rows are not as the model needs them",
  413: "There are too many rows, or too many bytes",
  415: "The body is of a type that is not read",
  500: "The model failed",
  503: "The service is starting or ending",
  504: "The model took too long",
};

function errorsOf(route: Route, { token }: Told): Readonly<Record<string, object>> {
  const errors: Record<string, string> = route.method === "POST" ? { ...PREDICTING } : {};
  if (route.template.includes("{")) errors[404] = "There is no model of that name or version";
  if (token !== undefined && !route.isOpen) errors[401] = "The token is missing, or is another one";
  const schema: Schema = { $ref: `#/components/schemas/${PROBLEMS[route.protocol]}` };
  return Object.fromEntries(
    Object.entries(errors).map(([status, description]) => [
      status,
      { description, content: { "application/json": { schema } } },
    ]),
  );
}

const PROBLEMS = { plain: "Problem", v2: "ProtocolProblem", mlflow: "MlflowProblem" } as const;
