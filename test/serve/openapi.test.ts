/** The document on `/openapi.json`, as an independent validator and the service itself take it. */

import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openapiOf } from "../../src/serve/openapi.ts";
import { ROUTES } from "../../src/serve/route.ts";
import type { Served } from "../../src/serve/served.ts";
import { frontOf, hosted, penguin, servedOf } from "../rig/front.ts";
import { models } from "../rig/model.ts";

interface Media {
  readonly schema?: object;
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

/** What is wrong with a value by a schema of the document. */
function misfitOf(document: Document, schema: object, value: unknown): unknown {
  const validator = new Ajv2020({ strict: false, validateFormats: false });
  const validate = validator.compile({
    ...schema,
    components: (document as unknown as { components: object }).components,
  });
  return validate(value) ? [] : validate.errors;
}

test("the examples of models of any columns are as their schemas say", () => {
  fc.assert(
    fc.property(
      models.filter(({ features }) => features.length > 0),
      (model) => {
        const served = servedOf(model);
        const document = JSON.parse(JSON.stringify(openapiOf(frontOf(served), served))) as Document;
        for (const { requestBody, responses } of Object.values(document.paths).flatMap((path) => Object.values(path)))
          for (const content of [requestBody?.content, ...Object.values(responses).map((each) => each.content)])
            for (const { schema = {}, ...media } of Object.values(content ?? {}))
              for (const value of valuesOf(media)) expect(misfitOf(document, schema, value)).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
});

test("the service answers each request that it shows, by the schema that it shows", async () => {
  const { get, post } = await hosted();
  const document = (await get("/openapi.json")).json as Document;
  for (const { template } of [ROUTES.predict, ROUTES.invocations, ROUTES.v2Infer]) {
    const { requestBody, responses } = (document.paths[template] ?? {})["post"] as Operation;
    const schemaOf = (status: number): object =>
      responses[status]?.content?.["application/json"]?.schema ?? { not: {} };
    const path = template.replace("{model}", "penguins");
    for (const [type, media] of Object.entries(requestBody?.content ?? {}))
      for (const body of valuesOf(media)) {
        const { status, json } = await post(path, body, { "content-type": type });
        expect([status, misfitOf(document, schemaOf(200), json)]).toEqual([200, []]);
      }
    const refused = await post(path, [3]);
    expect([refused.status, misfitOf(document, schemaOf(400), refused.json)]).toEqual([400, []]);
  }
  const { json } = await get("/model");
  const { schema = { not: {} } } =
    document.paths["/model"]?.["get"]?.responses["200"]?.content?.["application/json"] ?? {};
  expect(misfitOf(document, schema, json)).toEqual([]);
});

const valuesOf = ({ example, examples }: Media): readonly unknown[] =>
  examples === undefined ? (example === undefined ? [] : [example]) : Object.values(examples).map(({ value }) => value);
