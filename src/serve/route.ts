/** Every path that is answered, as a template: what the routes are made of, and what measurements are told by. Pure. */

import type { Protocol } from "./answer.ts";

export interface Route {
  readonly template: string;
  readonly method: "GET" | "POST";
  /** True where it is answered without the token. */
  readonly isOpen: boolean;
  readonly protocol: Protocol;
}

const MODEL = "/v2/models/{model}";
const VERSION = `${MODEL}/versions/{version}`;

const route = (method: Route["method"], template: string, more: Partial<Route> = {}): Route => ({
  template,
  method,
  isOpen: false,
  protocol: "plain",
  ...more,
});

/** The page on `/docs` says nothing of the model: it asks for that with the token. */
export const ROUTES = {
  home: route("GET", "/", { isOpen: true }),
  docs: route("GET", "/docs", { isOpen: true }),
  openapi: route("GET", "/openapi.json"),
  predict: route("POST", "/predict"),
  model: route("GET", "/model"),
  health: route("GET", "/health", { isOpen: true }),
  ready: route("GET", "/ready", { isOpen: true }),
  metrics: route("GET", "/metrics"),
  v2: route("GET", "/v2", { protocol: "v2" }),
  v2Live: route("GET", "/v2/health/live", { isOpen: true, protocol: "v2" }),
  v2Ready: route("GET", "/v2/health/ready", { isOpen: true, protocol: "v2" }),
  v2Model: route("GET", MODEL, { protocol: "v2" }),
  v2ModelReady: route("GET", `${MODEL}/ready`, { protocol: "v2" }),
  v2Infer: route("POST", `${MODEL}/infer`, { protocol: "v2" }),
  v2Version: route("GET", VERSION, { protocol: "v2" }),
  v2VersionReady: route("GET", `${VERSION}/ready`, { protocol: "v2" }),
  v2VersionInfer: route("POST", `${VERSION}/infer`, { protocol: "v2" }),
  invocations: route("POST", "/invocations", { protocol: "mlflow" }),
  ping: route("GET", "/ping", { isOpen: true, protocol: "mlflow" }),
  version: route("GET", "/version", { protocol: "mlflow" }),
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;

const TEMPLATES: readonly string[] = Object.values(ROUTES).map(({ template }) => template);
const STATIC: ReadonlySet<string> = new Set(TEMPLATES.filter((template) => !template.includes("{")));
const OPEN = TEMPLATES.filter((template) => template.includes("{")).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));

/** The template of a path, which may have a query; `other` where there is none. */
export function routeOf(path: string): string {
  if (STATIC.has(path)) return path;
  const bare = path.replace(/[?#].*$/s, "").replace(/(?<=.)\/$/, "");
  if (STATIC.has(bare)) return bare;
  return OPEN.find(({ pattern }) => pattern.test(bare))?.template ?? "other";
}
