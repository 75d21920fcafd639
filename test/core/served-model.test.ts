/** What a Pipefile says of its service: what is filled in, and what is refused, whether or not a compiler saw it. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PipeError } from "../../src/core/error.ts";
import { monitorPolicyOf } from "../../src/core/monitored.ts";
import { servingOf } from "../../src/core/served-model.ts";
import type { ServeOptions } from "../../src/core/serving.ts";

const least = { model: "model/model.pkl", checksum: "model/checksum.txt" };

/** As a Pipefile says it that no compiler has seen. */
const serving = (declared: unknown): ReturnType<typeof servingOf> => servingOf(declared as ServeOptions);

function refusal(declared: unknown): PipeError {
  try {
    serving(declared);
  } catch (error) {
    if (error instanceof PipeError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("what is said", () => {
  test("nothing is served where nothing is said", () => {
    expect(servingOf(undefined)).toBeUndefined();
  });

  test("two paths are enough", () => {
    expect(servingOf(least)).toEqual({
      ...least,
      name: "model",
      predictor: undefined,
      probation: { minRequests: 100, timeMs: 60_000, factor: 2 },
      monitor: monitorPolicyOf({}),
    });
  });

  test("whatever can be said counts", () => {
    const predictor = (): Promise<{ default: unknown }> => Promise.resolve({ default: undefined });
    const probation = { minRequests: 5, time: "1.5s", factor: 1.25 } as const;
    const monitor = { rows: 5 };
    expect(servingOf({ ...least, name: "prices_v2.0", predictor, probation, monitor })).toEqual({
      ...least,
      name: "prices_v2.0",
      predictor,
      probation: { minRequests: 5, timeMs: 1_500, factor: 1.25 },
      monitor: monitorPolicyOf(monitor),
    });
  });

  test("what is left away of a probation has its default", () => {
    expect(servingOf({ ...least, probation: { minRequests: 5 } })?.probation).toEqual({
      minRequests: 5,
      timeMs: 60_000,
      factor: 2,
    });
  });

  test("a path has one spelling", () => {
    expect(servingOf({ ...least, model: "./model//x/../model.pkl" })?.model).toBe("model/model.pkl");
  });

  test.for([
    ["model/model.pkl", "model"],
    ["prices.tar.gz", "prices.tar"],
    ["model/.hidden", ".hidden"],
    ["model/plain", "plain"],
  ])("the name of %s is %s", ([model = "", name]) => {
    expect(servingOf({ ...least, model })?.name).toBe(name);
  });
});

describe("what is refused, as a mistake in the options of the pipeline", () => {
  test.for([
    ["no model", { checksum: least.checksum }, 'no model: a path such as "model/model.pkl"'],
    ["no checksum", { model: least.model }, 'no checksum: a path such as "model/checksum.txt"'],
    ["a path that is none", { ...least, model: 5 }, "no model"],
    ["an empty path", { ...least, checksum: "" }, "no checksum"],
    ["a folder", { ...least, model: "model/" }, "the model model/, which is a folder"],
    ["a wildcard", { ...least, model: "model/{country}.pkl" }, "the model model/{country}.pkl, which has a wildcard"],
    ["one file for both", { ...least, checksum: "./model/model.pkl" }, "one file, model/model.pkl"],
    ["a field that it has not", { ...least, modle: "x" }, "'modle', which it has not"],
    ["a predictor that is a path", { ...least, predictor: "./rules/predictor.ts" }, "a predictor that is no"],
    ["a name with a slash", { ...least, name: "a/b" }, "the name 'a/b'"],
    ["a name with a space", { ...least, name: "a b" }, "the name 'a b'"],
    ["an empty name", { ...least, name: "" }, "the name ''"],
    ["a name of dots, which leads elsewhere in a path", { ...least, name: ".." }, "the name '..'"],
    ["a name that is none", { ...least, name: null }, "the name 'null'"],
    ["a file whose name is none in a path", { ...least, model: "model/größe.pkl" }, "the name 'größe'"],
    ["a probation that is null", { ...least, probation: null }, "a probation that is no object"],
    ["a probation that is a list", { ...least, probation: [] }, "a probation that is no object"],
    ["a probation that is a number", { ...least, probation: 5 }, "a probation that is no object"],
    ["a field that a probation has not", { ...least, probation: { requests: 5 } }, "'requests', which it has not"],
    ["no request", { ...least, probation: { minRequests: 0 } }, "a probation of 0 requests"],
    ["half a request", { ...least, probation: { minRequests: 0.5 } }, "a probation of 0.5 requests"],
    ["requests as text", { ...least, probation: { minRequests: "5" } }, "a probation of 5 requests"],
    ["a time without its unit", { ...least, probation: { time: "10" } }, "a probation of the time '10'"],
    ["no time", { ...least, probation: { time: "0s" } }, "a probation of the time '0s'"],
    [
      "a factor of 1, which no model would pass",
      { ...least, probation: { factor: 1 } },
      "a probation with the factor 1",
    ],
    ["a factor without end", { ...least, probation: { factor: Infinity } }, "a probation with the factor Infinity"],
    ["a factor that is no number", { ...least, probation: { factor: NaN } }, "a probation with the factor NaN"],
  ] as const)("%s", ([, declared, problem]) => {
    const { code, message, exitCode } = refusal(declared);
    expect({ code, exitCode }).toEqual({ code: "bad-option", exitCode: 2 });
    expect(message).toContain(`pipeline() is given the option 'serve' with ${problem}`);
  });

  test.for(["/model/model.pkl", "../model.pkl", ".", "a\0b"])("the path %j, which is none in the project", (model) => {
    expect(refusal({ ...least, model })).toMatchObject({
      code: "bad-path",
      message: expect.stringContaining("serve.model"),
    });
  });

  test("the hint names the fields that there are", () => {
    expect(refusal({ ...least, modle: "x" }).hint).toBe(
      "there are model, checksum, name, predictor, probation, monitor",
    );
    expect(refusal({ ...least, probation: { requests: 5 } }).hint).toBe("there are minRequests, time, factor");
  });
});

test("whatever a Pipefile says is taken or refused, and what is taken can be served", () => {
  const field = fc.oneof(fc.constantFrom(...Object.values(least), "5m", "model/"), fc.jsonValue());
  const probation = fc.oneof(
    fc.record({ minRequests: field, time: field, factor: field }, { requiredKeys: [] }),
    field,
  );
  const declared = fc.record(
    { model: field, checksum: field, name: field, predictor: field, probation },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(declared, (options) => {
      try {
        const found = serving(options);
        expect(found?.name).toMatch(/^[\w.-]*[\w-][\w.-]*$/);
        expect(found?.probation.timeMs).toBeGreaterThan(0);
        expect(found?.probation.factor).toBeGreaterThan(1);
        expect(Number.isSafeInteger(found?.probation.minRequests)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(PipeError);
      }
    }),
    { numRuns: 2_000, examples: [[{ ...least, name: { toString: "" } }]] },
  );
});
