/** `pipe serve`: one command hosts what `pipe build` made, and a bad model never stays. */

import { createServer } from "node:net";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { pickleOf } from "../../src/model/index.ts";
import { assembled, op, stackGlobal, text, tuple } from "../model/assembler.ts";
import { digestWith, hosted, modelWith, ROW, sha256, type Hosted } from "../rig/hosted.ts";
import { endServices, serve, type Running } from "../rig/service.ts";

afterEach(endServices);

const QUICK = `probation: { minRequests: 10, time: "1ms" }`;
const NEVER = `probation: { minRequests: 1000000 }`;

const predictionOf = async (service: Running): Promise<unknown> => (await service.post("/predict", ROW)).body;
const liveOf = async (service: Running): Promise<string> =>
  (JSON.parse((await service.get("/model")).body) as { digest: string }).digest;
const deployment = (events: readonly unknown[]) =>
  (events as readonly { type: string }[]).filter(({ type }) => type === "model-deployed");
const short = (intercept: number): string => digestWith(intercept).slice(0, 8);

/** Asks without pause until told to end; gives the answers that were no success. */
function constantLoad(service: Running): () => Promise<{ readonly count: number; readonly bad: readonly unknown[] }> {
  const ending = new AbortController();
  const bad: unknown[] = [];
  let count = 0;
  const asking = Array.from({ length: 4 }, async () => {
    while (!ending.signal.aborted) {
      const answer = await service.post("/predict", ROW).catch((error: Error) => ({ status: error.message }));
      count++;
      if (answer.status !== 200) bad.push(answer);
    }
  });
  return async () => {
    ending.abort();
    await Promise.all(asking);
    return { count, bad };
  };
}

describe("a service starts", () => {
  test("on the model that stands in its place, and predicts as it does", async () => {
    const project = hosted();
    await project.putModel(1_000);
    const service = await project.served();
    expect(service.live).toBe(digestWith(1_000));
    expect(await predictionOf(service)).toEqual({
      prediction: 1_400,
      id: expect.any(String),
      model: digestWith(1_000),
    });
    expect(project.deployed().at(-1)).toBe(`serve ${short(1_000)}`);
  });

  test("from a Pipefile without rules, with a model that came from elsewhere", async () => {
    const project = hosted();
    project.pipefile("{}", `serve: { model: "got/m.pkl", checksum: "got/SHA256SUMS" }`);
    const bytes = pickleOf(modelWith(1_000));
    project.write("got/SHA256SUMS", `${sha256(bytes)}  m.pkl\n`);
    writeFileSync(project.at("got/m.pkl"), bytes);
    expect(await predictionOf(await project.served())).toMatchObject({ prediction: 1_400 });
  });

  test.each([
    ["a model that is missing", (project: Hosted) => project.remove("model/model.pkl"), "model-missing"],
    [
      "a list of checksums that is missing",
      (project: Hosted) => project.remove("model/checksum.txt"),
      "checksum-missing",
    ],
    ["a model that was edited", (project: Hosted) => project.write("model/model.pkl", "x"), "checksum-mismatch"],
  ])("not on %s, where no version is kept", async (_, spoil, code) => {
    const project = hosted();
    await project.putModel(1_000);
    project.remove("model/backup");
    spoil(project);
    const found = await serve(project.root);
    expect(found).toMatchObject({ exitCode: 4, said: expect.stringContaining(`error[${code}]: model/`) });
  });

  test("not on a model that would run a command", async () => {
    const project = hosted();
    const harm = assembled(stackGlobal("os", "system"), tuple(text("true")), op("REDUCE"));
    await project.put(harm);
    expect(await serve(project.root)).toMatchObject({
      exitCode: 4,
      said: expect.stringMatching(/error\[model-unreadable\]: .*os\.system/),
    });
  });

  test("not where the port is taken", async () => {
    const project = hosted();
    await project.putModel(1_000);
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const found = await serve(project.root, "--port", String(port));
    taken.close();
    expect(found).toMatchObject({ exitCode: 4, said: expect.stringContaining(`127.0.0.1:${port} is taken`) });
  });

  test("not twice in a project", async () => {
    const project = hosted();
    await project.putModel(1_000);
    const service = await project.served();
    expect(await serve(project.root)).toMatchObject({
      exitCode: 4,
      said: expect.stringContaining(`served already, by process ${service.pid} on ${service.url}`),
    });
  });

  test("again after it was killed", async () => {
    const project = hosted();
    await project.putModel(1_000);
    await (await project.served()).end("SIGKILL");
    expect(await predictionOf(await project.served())).toMatchObject({ prediction: 1_400 });
  });

  test("on the last healthy version where what stands there is damaged, and puts that back", async () => {
    const project = hosted();
    await project.putModel(1_000);
    await project.putModel(1_100);
    project.write("model/model.pkl", "damaged");
    const service = await project.served();
    expect(service.live).toBe(digestWith(1_100));
    expect(project.alerts()).toEqual(["checksum-mismatch"]);
    expect(service.said()).toContain("put back in its place");
    expect(sha256(pickleOf(modelWith(1_100)))).toBe(service.live);
    expect((await project.pipe(["status"])).code).toBe(0);
  });

  test("after building, with --build", async () => {
    const project = hosted();
    writeFileSync(project.at("next.pkl"), pickleOf(modelWith(1_000)));
    project.write("said.txt", "right");
    expect((await project.served("--build")).live).toBe(digestWith(1_000));
  });
});

describe("a new model", () => {
  test("of a build is in service when the build ends", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served();
    const { code, events } = await project.putModel(1_100);
    expect(code).toBe(0);
    expect(deployment(events)).toEqual([
      expect.objectContaining({ outcome: "live", digest: digestWith(1_100), live: digestWith(1_100) }),
    ]);
    expect(await predictionOf(service)).toMatchObject({ prediction: 1_500 });
  });

  test("that was put there by hand is noticed", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served();
    const bytes = pickleOf(modelWith(1_100));
    writeFileSync(project.at("model/model.pkl"), bytes);
    project.write("model/checksum.txt", `${sha256(bytes)}  model/model.pkl\n`);
    await service.until(async () => (await liveOf(service)) === digestWith(1_100));
  });

  test("of a rollback is in service too", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    await project.putModel(1_100);
    const service = await project.served();
    expect(await project.pipe(["rollback", digestWith(1_000)])).toMatchObject({ code: 0 });
    await service.until(async () => (await liveOf(service)) === digestWith(1_000));
  });

  test("on probation that a person takes back is compared with nothing any more", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served();
    await project.putModel(1_100);
    expect((await service.get("/metrics")).body).toContain("pipe_model_on_probation 1");
    await project.pipe(["rollback", digestWith(1_000)]);
    await service.until(async () => (await liveOf(service)) === digestWith(1_000));
    expect((await service.get("/metrics")).body).toContain("pipe_model_on_probation 0");
  });

  test("that passes its probation is marked as healthy", async () => {
    const project = hosted(QUICK);
    await project.putModel(1_000);
    const service = await project.served();
    await project.putModel(1_100);
    await service.until(async () => {
      await predictionOf(service);
      return project.deployed().includes(`pass ${short(1_100)}`);
    });
    expect((await service.get("/metrics")).body).toContain("pipe_model_on_probation 0");
  });
});

describe("a bad model", () => {
  const { features } = modelWith(0);
  const hostile = assembled(stackGlobal("os", "system"), tuple(text("true")), op("REDUCE"));
  const good = pickleOf(modelWith(1_200));
  const bad: readonly (readonly [what: string, code: string, (project: Hosted) => ReturnType<Hosted["put"]>])[] = [
    ["with another checksum", "checksum-mismatch", (project) => project.put(good, "wrong")],
    ["that is cut off", "model-unreadable", (project) => project.put(good.subarray(0, -40))],
    ["that would run a command", "model-unreadable", (project) => project.put(hostile)],
    [
      "that does not come to its golden rows",
      "golden-row",
      (project) => project.putModel(1_200, { golden: [{ row: [40, "MALE"], prediction: 1 }] }),
    ],
    [
      "that needs what no client sends",
      "schema-changed",
      (project) =>
        project.putModel(1_200, {
          features: features.map((each, at) => ({ ...each, name: `new${at}` })),
          reference: modelWith(0).reference,
        }),
    ],
    ["that is far off", "out-of-range", (project) => project.putModel(90_000)],
  ];

  test.each(bad)("%s never comes into service, and its files go", async (_, code, put) => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served();
    const run = await put(project);
    expect(run.code).toBe(1);
    expect(deployment(run.events)).toEqual([
      expect.objectContaining({ outcome: "refused", live: digestWith(1_000), files: "put back" }),
    ]);
    expect(await predictionOf(service)).toEqual({
      prediction: 1_400,
      id: expect.any(String),
      model: digestWith(1_000),
    });
    expect(project.alerts()).toEqual([code]);
    expect(project.read("model/checksum.txt")).toContain(digestWith(1_000));
    // Nothing loops: what was put back is pinned, and is what is served.
    const again = await project.pipe(["build"]);
    expect([again.code, deployment(again.events)]).toEqual([0, []]);
    expect(project.alerts()).toEqual([code]);
  });

  test("from elsewhere is told once, and comes into service once its list of checksums is there", async () => {
    const project = hosted();
    project.pipefile("{}", `serve: { model: "m.pkl", checksum: "SHA256SUMS" }`);
    const place = (bytes: Uint8Array, sum: string): void => {
      writeFileSync(project.at("m.pkl"), bytes);
      project.write("SHA256SUMS", `${sum}  m.pkl\n`);
    };
    const first = pickleOf(modelWith(1_000));
    place(first, sha256(first));
    const service = await project.served();
    place(good, sha256("another"));
    await service.until(() => project.alerts().length > 0);
    expect(await liveOf(service)).toBe(sha256(first));
    place(good, sha256(good));
    await service.until(async () => (await liveOf(service)) === sha256(good));
    const far = pickleOf(modelWith(90_000));
    place(far, sha256(far));
    await service.until(() => project.alerts().length > 1);
    place(far, sha256(far));
    place(first, sha256(first));
    await service.until(async () => (await liveOf(service)) === sha256(first));
    expect(project.alerts()).toEqual(["checksum-mismatch", "out-of-range"]);
  });

  test("among twenty good ones, under constant load, costs no request", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served();
    const end = constantLoad(service);
    for (let count = 1; count <= 20; count++) {
      const { code } = await project.putModel(1_000 + count);
      expect([count, code]).toEqual([count, 0]);
      expect(await liveOf(service)).toBe(digestWith(1_000 + count));
      const [, , put] = bad[count - 1] ?? [];
      if (put === undefined) continue;
      expect((await put(project)).code).toBe(1);
      expect(await liveOf(service)).toBe(digestWith(1_000 + count));
      await project.pipe(["unpin", "make"]);
    }
    const { count, bad: failed } = await end();
    expect(failed).toEqual([]);
    expect(count).toBeGreaterThan(100);
  });
});

const PREDICTOR = `import type { ModelPredictor } from "pipefile";
let count = 0;
export default {
  load: (bytes) => Number(new TextDecoder().decode(bytes)),
  schema: () => ({ inputs: [{ name: "a", type: "number" }], output: { name: "b", type: "number" } }),
  predict: (share, rows) => {
    if (count++ % 10 < share) throw new Error("a secret");
    return rows.map(({ a }) => Number(a));
  },
} satisfies ModelPredictor<number>;
`;

describe("a predictor of the Pipefile", () => {
  test("that throws at three of ten requests is taken back within the requests of its probation, and stays away", async () => {
    const project = hosted(
      `predictor: () => import("./rules/predictor.ts"), probation: { minRequests: 50, time: "1h" }`,
    );
    project.write("rules/predictor.ts", PREDICTOR);
    await project.put("0");
    const service = await project.served();
    expect((await service.post("/predict", { a: 4 })).body).toMatchObject({ prediction: 4 });
    expect((await project.put("3")).code).toBe(0);
    let failures = 0;
    for (let count = 0; count < 50; count++) {
      const { status, body } = await service.post("/predict", { a: 4 });
      if (status === 200) continue;
      expect([status, JSON.stringify(body)]).toEqual([500, expect.not.stringContaining("secret")]);
      failures++;
    }
    expect(failures).toBe(2);
    await service.until(() => project.alerts().length > 0);
    expect(project.alerts()).toEqual(["probation"]);
    expect(await liveOf(service)).toBe(sha256("0"));
    expect(project.read("model/model.pkl")).toBe("0");
    expect(project.deployed().slice(-2)).toEqual([
      `withdraw ${sha256("3").slice(0, 8)}`,
      `rollback ${sha256("0").slice(0, 8)}`,
    ]);
    await project.pipe(["unpin", "make"]);
    const again = await project.pipe(["build", "--force"]);
    expect(project.read("model/model.pkl")).toBe("0");
    expect(deployment(again.events)).toEqual([]);
    expect(await liveOf(service)).toBe(sha256("0"));
    // By hand it comes no further: what was rejected is not even tried.
    project.write("model/model.pkl", "3");
    project.write("model/checksum.txt", `${sha256("3")}  model/model.pkl\n`);
    await service.until(() => project.alerts().length > 1);
    expect(project.alerts()).toEqual(["probation", "model-rejected"]);
    expect(await liveOf(service)).toBe(sha256("0"));
  });
});

describe("a service that is told to end", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("by %s answers what is in flight, and ends with 0", async (signal) => {
    const project = hosted(`predictor: () => import("./rules/predictor.ts")`);
    project.write(
      "rules/predictor.ts",
      PREDICTOR.replace(
        "return rows",
        `return rows[0].a === 1 ? new Promise((done) => setTimeout(() => done([7]), 300)) : rows`,
      ),
    );
    await project.put("0");
    const service = await project.served();
    const slow = service.post("/predict", { a: 1 });
    await service.until(async () => (await service.get("/metrics")).body.includes("http_server_active_requests 2"));
    const ended = service.end(signal);
    expect(await slow).toMatchObject({ status: 200, body: { prediction: 7 } });
    expect(await ended).toBe(0);
  });
});

describe("a service of several processes", () => {
  test("swaps in all of them, and sums what they measure", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served("--workers", "2");
    const end = constantLoad(service);
    for (let count = 1; count <= 3; count++) expect((await project.putModel(1_000 + count)).code).toBe(0);
    const { bad, count } = await end();
    expect(bad).toEqual([]);
    const [, measured] = /pipe_predicted_rows_total (\d+)/.exec((await service.get("/metrics")).body) ?? [];
    expect(Number(measured)).toBe(count);
    expect(await predictionOf(service)).toMatchObject({ prediction: 1_403 });
    expect(await service.end()).toBe(0);
  });
});
