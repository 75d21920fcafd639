/** Every path that is answered, as a template: what the routes are made of, and what measurements are told by. Pure. */

import type { Protocol } from "./answer.ts";

export interface Route {
  readonly template: string;
  readonly method: "GET" | "POST";
  /** True where it is answered without the token. */
  readonly isOpen: boolean;
  readonly protocol: Protocol;
  /** What it is for. */
  readonly summary: string;
}

const MODEL = "/v2/models/{model}";
const VERSION = `${MODEL}/versions/{version}`;

const get = (template: string, summary: string, more: Partial<Route> = {}): Route => ({
  template,
  method: "GET",
  isOpen: false,
  protocol: "plain",
  summary,
  ...more,
});
const post = (template: string, summary: string, protocol: Protocol = "plain"): Route =>
  get(template, summary, { method: "POST", protocol });
const open = { isOpen: true } as const;
const v2 = { protocol: "v2" } as const;
const mlflow = { protocol: "mlflow" } as const;

/** The page on `/docs` says nothing of the model: it asks for that with the token. */
export const ROUTES = {
  home: get("/", "Leads to /docs", open),
  docs: get("/docs", "A page to try the model on", open),
  openapi: get("/openapi.json", "This description, as OpenAPI 3.1"),
  predict: post("/predict", "Predictions for rows"),
  feedback: post("/feedback", "What came true for predictions, and figures of the business"),
  model: get("/model", "The model that answers: its digest, schema and metrics"),
  health: get("/health", "Whether the process lives", open),
  ready: get("/ready", "Whether predictions are answered", open),
  metrics: get("/metrics", "What is measured, as OpenMetrics"),
  v2: get("/v2", "The server, by the Open Inference Protocol", v2),
  v2Live: get("/v2/health/live", "Whether the process lives", { ...open, ...v2 }),
  v2Ready: get("/v2/health/ready", "Whether predictions are answered", { ...open, ...v2 }),
  v2Model: get(MODEL, "The model's tensors", v2),
  v2ModelReady: get(`${MODEL}/ready`, "Whether the model answers", v2),
  v2Infer: post(`${MODEL}/infer`, "Predictions for tensors", "v2"),
  v2Version: get(VERSION, "The tensors of a version of the model", v2),
  v2VersionReady: get(`${VERSION}/ready`, "Whether this version of the model answers", v2),
  v2VersionInfer: post(`${VERSION}/infer`, "Predictions of a version for tensors", "v2"),
  invocations: post("/invocations", "Predictions for rows, by MLflow's scoring protocol", "mlflow"),
  ping: get("/ping", "Whether the process lives, as MLflow asks", { ...open, ...mlflow }),
  version: get("/version", "The version of pipe", mlflow),
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

const SIGNS_OF_LIFE: ReadonlySet<string> = new Set(
  [ROUTES.health, ROUTES.ready, ROUTES.metrics, ROUTES.v2Live, ROUTES.v2Ready, ROUTES.ping].map(
    ({ template }) => template,
  ),
);

const PREDICTING: ReadonlySet<string> = new Set(
  [ROUTES.predict, ROUTES.invocations, ROUTES.v2Infer, ROUTES.v2VersionInfer].map(({ template }) => template),
);

/** True for the template of what asks for predictions. */
export const asksPrediction = (template: string): boolean => PREDICTING.has(template);

/** True for what tells how the service is: that has to be answered however much is in flight. */
export const isSignOfLife = (path: string): boolean => SIGNS_OF_LIFE.has(routeOf(path));
