/** The waits before retries, on a clock of the test's own. */

import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pipefileOf } from "../rig/pipefile.ts";
import { temporaryFolder } from "../rig/project.ts";
import { engineOf, type Engine } from "../properties/engine.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await engineOf();
});
afterAll(() => engine.remove());

test.each([
  ["3 times 0.5 s, linear, as the mission's ingest", 'times: 3, delay: "500ms", backoff: "linear"', [500, 1000, 1500]],
  ["exponential", 'times: 4, delay: "1s", backoff: "exponential"', [1000, 2000, 4000, 8000]],
  ["none", 'times: 2, delay: "1.5m", backoff: "none"', [90_000, 90_000]],
  ["no delay", "times: 2", []],
])("%s", async (_name, retry, expected) => {
  const root = temporaryFolder();
  mkdirSync(`${root}/.pipe`);
  writeFileSync(
    `${root}/Pipefile.ts`,
    pipefileOf(`{ never: rule({ inputs: {}, outputs: {}, retry: { ${retry} }, run: "exit 1" }) }`),
  );
  const waits: number[] = [];
  const { problem } = await engine.build(root, { jobs: 1, sleep: (ms) => waits.push(ms) });
  expect([problem, waits]).toEqual(["exit code 1 ", expected]);
});
