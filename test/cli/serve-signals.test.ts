/** `pipe serve` is told to end at each moment of its start that can be told from outside. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { hosted, type Hosted } from "../rig/hosted.ts";

const COMMAND = fileURLToPath(new URL("../../dist/pipe.js", import.meta.url));

/** Goes before the command, and says what no other sign is given of. */
const TELLTALE = `
import child from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { writeSync } from "node:fs";
process.on("newListener", (name) => name === "SIGINT" && queueMicrotask(() => writeSync(2, "listens\\n")));
const { spawn } = child;
child.spawn = (...of) => { const made = spawn(...of); writeSync(2, "starts another\\n"); return made; };
syncBuiltinESMExports();
`;

const PREDICTOR = `import { writeSync } from "node:fs";
writeSync(2, "predictor comes\\n");
export default {
  load: (bytes) => { writeSync(2, "model comes\\n"); return Number(new TextDecoder().decode(bytes)); },
  schema: () => ({ inputs: [{ name: "a", type: "number" }], output: { name: "b", type: "number" } }),
  predict: (share, rows) => rows.map(({ a }) => Number(a)),
};
`;

async function project(): Promise<Hosted> {
  const made = hosted(`predictor: () => import("./rules/predictor.ts")`);
  made.write("rules/predictor.ts", PREDICTOR);
  made.write("telltale.mjs", TELLTALE);
  await made.put("0");
  return made;
}

/** Ctrl-C when it comes to this; how it ended, and what it said. */
async function interrupted(workers: string, moment: string): Promise<{ ended: unknown; said: string }> {
  const made = await project();
  const args = [
    "--import",
    made.at("telltale.mjs"),
    COMMAND,
    "serve",
    "--port",
    "0",
    "-C",
    made.root,
    "--workers",
    workers,
  ];
  const child = spawn(process.execPath, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [said, isTold] = ["", false];
  const come = (): void => {
    // As a terminal does: every process of the group.
    if (!isTold) process.kill(-(child.pid ?? 0), "SIGINT");
    isTold = true;
  };
  const heard = (chunk: Buffer): void => {
    said += chunk.toString();
    if (said.includes(moment)) come();
  };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", heard);
  const watching = watch(made.at(".pipe"), (_, name) => name === moment && come());
  onTestFinished(() => watching.close());
  if (moment === "nothing") child.once("spawn", come);
  const ended = (await once(child, "close")) as unknown;
  expect(isTold).toBe(true);
  return { ended, said };
}

describe.each(["1", "2"])("a service of %s processes that is told to end by Ctrl-C", (workers) => {
  test.each([
    ["as soon as it may be told", "listens"],
    ["when it starts another process", "starts another"],
    ["when it loads the module that predicts", "predictor comes"],
    ["when it loads the model", "model comes"],
    ["when it has made its socket", "service.sock"],
    ["when it serves", "serving "],
  ])("%s ends with 0, and says nothing that frightens", async (_, moment) => {
    const { ended, said } = await interrupted(workers, moment);
    expect(said).not.toMatch(/error|alert|\n\s+at /);
    expect(ended).toEqual([0, null]);
  });
});

test("a service that is told to end before its code is loaded ends by the signal, as Node does", async () => {
  expect(await interrupted("1", "nothing")).toEqual({ ended: [null, "SIGINT"], said: "" });
});
