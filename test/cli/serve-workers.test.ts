/** A service of several processes, of which some die, and one that is told to end while something else is under way. */

import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { digestWith, hosted, ROW, sha256, type Hosted } from "../rig/hosted.ts";
import { endServices, serve, type Running } from "../rig/service.ts";

afterEach(endServices);

const CLIENTS = 24;
const DEATHS = 8;
/** Far longer than any process is missed for. */
const GUARD_MS = 20_000;
const NEVER = `probation: { minRequests: 1000000 }`;
const PREDICTING = `predictor: () => import("./rules/predictor.ts")`;
const predictor = (predict: string, more = ""): string => `${more}
export default {
  load: (bytes) => Number(new TextDecoder().decode(bytes)),
  schema: () => ({ inputs: [{ name: "a", type: "number" }], output: { name: "b", type: "number" } }),
  predict: (share, rows) => { ${predict} return rows.map(({ a }) => Number(a)); },
};
`;

/** The processes that this one has started, and that have begun. */
function workersOf({ pid }: Running): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return children.map(Number).filter((each) => readFileSync(`/proc/${each}/cmdline`, "utf8").includes("serve-worker"));
}
const isAlive = (pid: number): boolean => readdirSync("/proc").includes(String(pid));
const rowsIn = (text: string): number => Number(/pipe_predicted_rows_total (\d+)/.exec(text)?.[1]);
const metricsOf = async (service: Running): Promise<string> => (await service.get("/metrics")).body;
const isAnswered = (service: Running, row: object): Promise<boolean> =>
  service.post("/predict", row).then(
    ({ status }) => status === 200,
    () => false,
  );
async function custom(code: string, settings: string, probation = ""): Promise<Hosted> {
  const project = hosted(`${PREDICTING}, ${probation}`);
  project.write("rules/predictor.ts", code);
  project.write("app.env", settings);
  await project.put("0");
  return project;
}

describe("a worker that is killed", () => {
  test("is replaced by one that serves the current model, on the same port, and what it counted is not lost", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served("--workers", "2");
    await project.putModel(1_100);
    for (let count = 0; count < 20; count++) await service.post("/predict", ROW);
    const before = rowsIn(await metricsOf(service));
    expect(before).toBe(20);
    const first = workersOf(service);
    expect(first).toHaveLength(2);
    for (const pid of first) process.kill(pid, "SIGKILL");
    await service.until(async () => (await isAnswered(service, ROW)) && workersOf(service).length === 2);
    expect((await service.post("/predict", ROW)).body).toMatchObject({ model: digestWith(1_100) });
    expect(rowsIn(await metricsOf(service))).toBeGreaterThan(before);
    expect(workersOf(service).filter((pid) => first.includes(pid))).toEqual([]);
    expect(project.alerts()).toEqual(["worker-died", "worker-died"]);
    const { code } = await project.putModel(1_200);
    expect(code).toBe(0);
    for (let count = 0; count < 8; count++)
      expect((await service.post("/predict", ROW)).body).toMatchObject({ model: digestWith(1_200) });
    expect(await service.end()).toBe(0);
  });

  test("again and again fails what it was answering alone, and no request is left without an end", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served("--workers", "3");
    const came = { deaths: 0, answered: 0, lost: 0, lostWithoutDeath: 0, hung: 0 };
    const ask = async (): Promise<void> => {
      const before = came.deaths;
      // On a connection of its own: those on their way to a process are at stake.
      const of = { signal: AbortSignal.timeout(GUARD_MS), headers: { connection: "close" } };
      try {
        await (await fetch(`${service.url}/health`, of)).text();
        came.answered++;
      } catch (error) {
        if ((error as Error).name === "TimeoutError") came.hung++;
        else if (came.deaths === before) came.lostWithoutDeath++;
        else came.lost++;
      }
    };
    const client = async (): Promise<void> => {
      while (came.deaths < DEATHS) await ask();
    };
    const clients = Array.from({ length: CLIENTS }, client);
    while (came.deaths < DEATHS) {
      await ask();
      const [pid] = workersOf(service);
      if (pid === undefined) continue;
      came.deaths++;
      process.kill(pid, "SIGKILL");
    }
    await Promise.all(clients);
    expect(came).toMatchObject({ hung: 0, lostWithoutDeath: 0 });
    expect(came.answered).toBeGreaterThan(DEATHS);
    await service.until(() => isAnswered(service, ROW));
    expect(await service.end()).toBe(0);
  });

  test("by the model on trial has that model taken back", async () => {
    const project = await custom(predictor("if (share === 3) process.exit(7);"), "");
    const service = await project.served("--workers", "2");
    await project.put("3");
    await service.until(async () => {
      await isAnswered(service, { a: 4 });
      return project.alerts().includes("probation");
    });
    await service.until(() => isAnswered(service, { a: 4 }));
    expect((await service.post("/predict", { a: 4 })).body).toMatchObject({ model: sha256("0") });
    expect(await service.end()).toBe(0);
  });

  test("goes with the first process, and the next service takes over the socket", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served("--workers", "2");
    const pids = workersOf(service);
    await service.end("SIGKILL");
    await service.until(() => !pids.some(isAlive));
    const again = await project.served("--workers", "2", "--port", new URL(service.url).port);
    expect(await isAnswered(again, ROW)).toBe(true);
    expect(await again.end()).toBe(0);
  });
});

describe("a model that never answers", () => {
  test("gets each client a 504, and is taken back", async () => {
    const stuck = predictor("if (share === 3) return new Promise(() => {});");
    const project = await custom(stuck, "PREDICT_TIMEOUT=50ms\n");
    const service = await project.served();
    await project.put("3");
    for (let count = 0; count < 3; count++) {
      const { status, body } = await service.post("/predict", { a: 4 });
      expect([status, body]).toEqual([504, { error: "the model took too long" }]);
    }
    await service.until(() => project.alerts().includes("probation"));
    expect(await isAnswered(service, { a: 4 })).toBe(true);
  });

  test("does not keep a service from ending", async () => {
    const stuck = predictor("if (rows[0].a === 1) return new Promise(() => {});", "setInterval(() => {}, 1000);");
    for (const workers of ["1", "2"]) {
      const project = await custom(stuck, "DRAIN_TIMEOUT=100ms\n");
      const service = await project.served("--workers", workers);
      const hung = isAnswered(service, { a: 1 });
      await service.until(async () => (await metricsOf(service)).includes("active_requests 2"));
      expect(await service.end()).toBe(0);
      expect(await hung).toBe(false);
    }
  });

  test("or not even loads is refused", async () => {
    const project = await custom(
      predictor("").replace("load: (bytes) =>", "load: (bytes) => bytes[0] === 51 ? new Promise(() => {}) :"),
      "LOAD_TIMEOUT=100ms\n",
    );
    const service = await project.served();
    expect((await project.put("3")).code).toBe(1);
    expect(project.alerts()).toEqual(["model-unreadable"]);
    expect(await isAnswered(service, { a: 4 })).toBe(true);
  });

  test("in a loop that waits for nothing is ended with its process", async () => {
    const project = await custom(predictor("while (rows[0].a === 1);"), "DRAIN_TIMEOUT=100ms\n");
    const service = await project.served("--workers", "2");
    const hung = isAnswered(service, { a: 1 });
    await service.until(() => isAnswered(service, { a: 4 }));
    expect(await service.end()).toBe(0);
    expect(await hung).toBe(false);
  });
});

describe("a service that is started", () => {
  test("twice at once runs once, and commands reach that one", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const found = await Promise.all([serve(project.root), serve(project.root)]);
    const running = found.filter((each) => "url" in each) as readonly Running[];
    expect(running).toHaveLength(1);
    expect(found.find((each) => "exitCode" in each)).toMatchObject({ exitCode: 4 });
    await project.putModel(1_100);
    expect((await running[0]?.post("/predict", ROW))?.body).toMatchObject({ model: digestWith(1_100) });
  });

  test("with several processes on a port that is taken says which", async () => {
    const project = hosted(NEVER);
    await project.putModel(1_000);
    const service = await project.served();
    const other = hosted(NEVER);
    await other.putModel(1_000);
    const { port } = new URL(service.url);
    expect(await serve(other.root, "--workers", "2", "--port", port)).toMatchObject({
      exitCode: 4,
      said: expect.stringContaining(`127.0.0.1:${port} is taken`),
    });
  });
});
