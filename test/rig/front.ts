/** A service over a model made up by hand, and a plain node:http server for it. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { predict, type Feature, type Predictor } from "pipefile/model";
import { onTestFinished } from "vitest";
import { listenerOf } from "../../src/serve/app.ts";
import type { Front } from "../../src/serve/front.ts";
import type { InputColumn, Served, ServedSchema } from "../../src/serve/served.ts";

export const DIGEST = "5e1f".padEnd(64, "0a");

const features: readonly Feature[] = [
  { name: "island", type: "category", categories: ["Biscoe", "Dream", "Torgersen"], imputation: "none", fill: null },
  { name: "beak_length_mm", type: "number", range: [32.1, 59.6], imputation: "mean", fill: 44 },
  { name: "flipper_length_mm", type: "integer", range: [172, 231], imputation: "median", fill: 197 },
  { name: "sex", type: "category", categories: ["FEMALE", "MALE"], imputation: "mode", fill: "MALE" },
];

/** A linear model with a column of each kind; two of them have to be given. */
export const penguin: Predictor = { features, coefficients: [10, -20, 30.5, 15, 400], intercept: -500 };

const inputOf = (feature: Feature): InputColumn => ({
  name: feature.name,
  type: feature.type,
  isNullable: feature.fill !== null,
  ...(feature.type === "category" ? { categories: feature.categories } : { range: feature.range }),
});

export const schemaOf = (inputs: readonly Feature[]): ServedSchema => ({
  inputs: inputs.map(inputOf),
  output: { name: "body_mass_g", type: "number", range: [2700, 6300] },
});

export const servedOf = (model: Predictor, more: Partial<Served> = {}): Served => ({
  digest: DIGEST,
  kind: "linear-regression",
  schema: schemaOf(model.features),
  golden: [],
  metrics: { rmse: 300.5, r2: 0.85 },
  predict: (rows) => rows.map((row) => predict(model, row)),
  ...more,
});

export const frontOf = (served: Served = servedOf(penguin), more: Partial<Front> = {}): Front => ({
  name: "penguins",
  version: "0.1.0",
  token: undefined,
  mostRows: 1000,
  mostBytes: 100_000,
  live: () => ({ served, sinceMs: Date.UTC(2026, 0, 2, 3, 4, 5) }),
  isReady: () => true,
  metrics: async () => "# EOF\n",
  feedback: async ({ labels, kpis }) => ({ labels: labels.length, kpis: kpis.length, repeated: 0, unknown: 0 }),
  onRefusedRow: () => {},
  ...more,
});

/** What a server answered, its body as text and as JSON where it is some. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

export interface Hosting {
  readonly port: number;
  readonly url: string;
  readonly get: (path: string, init?: RequestInit) => Promise<Answered>;
  /** A value is sent as JSON, a text as it is. */
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
}

/** A server on loopback that ends with the test. */
export async function hosted(front: Front = frontOf()): Promise<Hosting> {
  return listening(listenerOf(front));
}

async function listening(listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<Hosting> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const get = async (path: string, init: RequestInit = {}): Promise<Answered> =>
    answeredBy(await fetch(`${url}${path}`, { redirect: "manual", ...init }));
  const post: Hosting["post"] = (path, body, headers = {}) =>
    get(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    });
  return { port, url, get, post };
}

async function answeredBy(response: Response): Promise<Answered> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true && text !== "";
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}
