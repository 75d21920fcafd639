/** A model is loaded beside the one in service, and takes its place by one assignment. */

import { describe, expect, test } from "vitest";
import { Replica } from "../../src/serve/replica.ts";
import { Refused } from "../../src/serve/refusal.ts";
import type { Served } from "../../src/serve/served.ts";
import { served } from "./served.ts";

/** A replica of models that are known by their digest. */
function replicaOf(models: Readonly<Record<string, Served | Refused>>) {
  const tried: string[] = [];
  const told: string[] = [];
  const replica: Replica = new Replica({
    load: ({ digest }) => {
      const model = models[digest];
      if (model === undefined || model instanceof Refused) throw model ?? new Error("no such model");
      return { ...model, digest };
    },
    loadLimitMs: 20,
    predictLimitMs: 20,
    onTried: () => void tried.push(replica.live().served.digest),
    onPredicted: () => {},
    onFailure: (problem) => void told.push(problem),
  });
  const put = async (digest: string): Promise<unknown> => {
    const refusal = await replica.prepare({ bytes: Buffer.alloc(0), digest });
    if (refusal === undefined) replica.swap(0);
    return refusal?.code;
  };
  const live = (): string => replica.live().served.digest;
  const predict = async (): Promise<unknown> => replica.live().served.predict([[1, "x"]]);
  return { replica, put, live, predict, tried, told };
}

const failing = (): Served => {
  let count = 0;
  return served((a) => {
    // The golden rows come first: two of its own, two of the model before.
    if (++count > 4) throw new Error("secret");
    return a + 1;
  });
};

describe("a replica", () => {
  test("keeps the model in service while another is prepared, and when it is refused", async () => {
    const { put, live } = replicaOf({
      a: served(),
      b: served(() => 77),
      c: new Refused({ code: "model-unreadable", message: "" }),
    });
    await put("a");
    expect(await put("b")).toBe("golden-row");
    expect(await put("c")).toBe("model-unreadable");
    expect(live()).toBe("a");
  });

  test("counts nothing before a model is on trial, and then each request", async () => {
    const { put, predict, tried, replica } = replicaOf({ a: served(), b: served() });
    await put("a");
    await predict();
    expect(replica.trial()).toBeUndefined();
    await put("b");
    await predict();
    await predict();
    expect(tried).toEqual(["b", "b"]);
    const { before, now } = replica.trial() ?? {};
    expect([before?.requests, now?.requests]).toEqual([1, 2]);
  });

  test("goes back to the model before, and tells its failures from those of the other", async () => {
    const { put, predict, live, replica, told } = replicaOf({ a: served(), b: failing() });
    await put("a");
    await put("b");
    await expect(predict()).rejects.toThrow("secret");
    expect(replica.trial()?.now).toMatchObject({ requests: 1, failures: 1 });
    expect(told).toEqual(["b failed (1 of 1 requests): secret"]);
    replica.back();
    expect(live()).toBe("a");
    expect(await predict()).toEqual([2]);
    expect(replica.trial()).toBeUndefined();
  });

  test("a request ends on the model that it began with", async () => {
    let answer: (value: readonly number[]) => void = () => {};
    const waiting = new Promise<readonly number[]>((resolve) => (answer = resolve));
    const slow = served(undefined, { golden: [], predict: () => waiting });
    const { put, predict, live } = replicaOf({ a: slow, b: served() });
    await put("a");
    const begun = predict();
    await put("b");
    expect(live()).toBe("b");
    answer([5]);
    expect(await begun).toEqual([5]);
  });

  test("a prediction that never comes is a failure of its model", async () => {
    const stuck = served(undefined, { golden: [], predict: () => new Promise(() => {}) });
    const { put, predict, replica } = replicaOf({ a: served(undefined, { golden: [] }), b: stuck });
    await put("a");
    await put("b");
    await expect(predict()).rejects.toThrow("no answer within 0.02 s");
    expect(replica.trial()?.now).toMatchObject({ requests: 1, failures: 1 });
  });

  test("a model whose golden rows are never answered is refused", async () => {
    const { put, live } = replicaOf({ a: served(), b: served(undefined, { predict: () => new Promise(() => {}) }) });
    await put("a");
    expect(await put("b")).toBe("model-unreadable");
    expect(live()).toBe("a");
  });

  test("never goes back to a model that was on trial itself", async () => {
    const { put, live, replica } = replicaOf({ a: served(), b: served(), c: served() });
    for (const digest of ["a", "b", "c"]) await put(digest);
    replica.back();
    expect(live()).toBe("a");
  });

  test("lets the model before go once the trial is passed", async () => {
    const { put, replica } = replicaOf({ a: served(), b: served() });
    for (const digest of ["a", "b"]) await put(digest);
    replica.settle();
    expect(() => replica.back()).toThrow("no model is on trial");
  });

  test.each([
    ["too few answers", () => []],
    ["an answer that is no number", () => [Number.NaN]],
  ])("%s of a model are a failure of it", async (_, predict) => {
    const bad = served(undefined, { golden: [], predict });
    const { put, predict: ask, replica } = replicaOf({ a: served(undefined, { golden: [] }), b: bad });
    await put("a");
    await put("b");
    await expect(ask()).rejects.toThrow("it gives");
    expect(replica.trial()?.now.failures).toBe(1);
  });
});
