/** The document on `/openapi.json`, as an independent validator and the service itself take it. */

import { Validator } from "@seriousme/openapi-schema-validator";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openapiOf } from "../../src/serve/openapi.ts";
import { ROUTES } from "../../src/serve/route.ts";
import type { Served } from "../../src/serve/served.ts";
import { frontOf, hosted, penguin, servedOf } from "../rig/front.ts";
import { models } from "../rig/model.ts";

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Operation {
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

async function problemsOf(document: object): Promise<unknown> {
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  return valid ? [] : errors;
}

test("it is valid, with a token and without", async () => {
  for (const token of [undefined, "secret"])
    expect(await problemsOf(openapiOf(frontOf(servedOf(penguin), { token }), servedOf(penguin)))).toEqual([]);
});

test("it is valid for models of any columns", async () => {
  const output = fc.constantFrom<Served["schema"]["output"]>(
    { name: "y", type: "text" },
    { name: "y", type: "number", length: 3 },
  );
  await fc.assert(
    fc.asyncProperty(models, output, async (model, output) => {
      const served = servedOf(model);
      const document = openapiOf(frontOf(served), { ...served, schema: { ...served.schema, output } });
      expect(await problemsOf(document)).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test("it tells of every route, and no other", async () => {
  const { get } = await hosted();
  const { json } = await get("/openapi.json");
  const told = Object.entries((json as Document).paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(told.toSorted()).toEqual(
    Object.values(ROUTES)
      .map(({ method, template }) => `${method} ${template}`)
      .toSorted(),
  );
});

test("the token is asked for where it is needed, and nowhere else", () => {
  const { paths } = openapiOf(frontOf(servedOf(penguin), { token: "secret" }), servedOf(penguin)) as Document;
  for (const { template, method, isOpen } of Object.values(ROUTES)) {
    const operation = paths[template]?.[method.toLowerCase()];
    expect([template, operation?.security]).toEqual([template, isOpen ? [] : undefined]);
    expect([template, "401" in (operation?.responses ?? {})]).toEqual([template, !isOpen]);
  }
});

test("the service answers each request that it shows, in the shape that it shows", async () => {
  const { get, post } = await hosted();
  const { paths } = (await get("/openapi.json")).json as Document;
  for (const { template } of [ROUTES.predict, ROUTES.invocations, ROUTES.v2Infer]) {
    const { requestBody, responses } = (paths[template] ?? {})["post"] as Operation;
    const shown = valuesOf(responses["200"]?.content?.["application/json"] ?? {}).map(keysOf);
    for (const [type, media] of Object.entries(requestBody?.content ?? {}))
      for (const body of valuesOf(media)) {
        const { status, json } = await post(template.replace("{model}", "penguins"), body, { "content-type": type });
        expect(status).toBe(200);
        expect(shown).toContainEqual(keysOf(json));
      }
  }
});

const valuesOf = ({ example, examples }: Media): readonly unknown[] =>
  examples === undefined ? [example] : Object.values(examples).map(({ value }) => value);
const keysOf = (value: unknown): readonly string[] => Object.keys(value as object).toSorted();
