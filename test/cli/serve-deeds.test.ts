/** What `pipe serve` says of what it did, and that nothing in service hangs on whether it can be written down. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { pickleOf } from "../../src/model/index.ts";
import { takeLock } from "../../src/store/lock.ts";
import { digestWith, hosted, modelWith, ROW, sha256, type Hosted } from "../rig/hosted.ts";
import { endServices, type Running } from "../rig/service.ts";

afterEach(endServices);

const QUICK = `probation: { minRequests: 10, time: "1ms" }`;

/** Puts a model where it is served from, as somebody does who has no pipe. */
function copied(project: Hosted, intercept: number): void {
  const bytes = pickleOf(modelWith(intercept));
  project.write("model/checksum.txt", `${sha256(bytes)}  model.pkl\n`);
  writeFileSync(project.at("model/model.pkl"), bytes);
}

async function passed(service: Running): Promise<void> {
  for (let count = 0; count < 10; count++) await service.post("/predict", ROW);
  await service.until(() => service.deeds().at(-1)?.type === "pass");
}

test("a swap whose line cannot be written is one, and an alert says what is missing", async () => {
  const project = hosted(QUICK);
  await project.putModel(1_000);
  rmSync(project.at("logs/deploy.log"));
  mkdirSync(project.at("logs/deploy.log"));
  const service = await project.served();
  copied(project, 1_100);
  await service.until(() => service.deeds().length > 1);
  expect(service.deeds().at(-1)).toMatchObject({ type: "swap", digest: digestWith(1_100), from: digestWith(1_000) });
  expect((await service.post("/predict", ROW)).body).toEqual({
    prediction: 1_500,
    id: expect.any(String),
    model: digestWith(1_100),
  });
  await passed(service);
  expect(project.alerts()).toEqual(["deploy-not-logged", "deploy-not-logged", "deploy-not-logged"]);
  expect(await service.end()).toBe(0);
});

test("a model that passes while a build has the project is marked once the build has ended", async () => {
  const project = hosted(QUICK);
  await project.putModel(1_000);
  const service = await project.served();
  await project.putModel(1_100);
  const release = await takeLock({ root: project.root, doing: "a test", wait: false, onWait: () => {} });
  await passed(service);
  const marks = async (): Promise<number> => (await project.pipe(["models"])).stdout.split("passed its").length;
  expect(await marks()).toBe(1);
  release();
  await service.until(async () => (await marks()) === 2);
});

test("a service ends at once though a build has the project, and a model has just passed", async () => {
  const project = hosted(QUICK);
  await project.putModel(1_000);
  const service = await project.served();
  await project.putModel(1_100);
  const release = await takeLock({ root: project.root, doing: "a test", wait: false, onWait: () => {} });
  await passed(service);
  expect(await service.end()).toBe(0);
  release();
});

test("a project where no socket can be made is served, takes a model whose files change, and says so in an alert", async () => {
  const project = hosted(QUICK);
  await project.putModel(1_000);
  project.write(".pipe/service.sock/in-its-place", "");
  const service = await project.served();
  expect(service.said()).toContain("alert[no-commands]: .pipe/service.sock: ");
  expect(project.alerts()).toEqual(["no-commands"]);
  expect((await service.post("/predict", ROW)).status).toBe(200);
  expect((await project.putModel(1_100)).code).toBe(0);
  await service.until(() => service.deeds().at(-1)?.type === "swap");
  expect((await service.post("/predict", ROW)).body).toMatchObject({ model: digestWith(1_100) });
  expect(await service.end()).toBe(0);
});
