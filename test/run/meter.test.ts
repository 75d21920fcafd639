/** The guard of the machine's memory: no limit is declared, and still nothing takes all. */

import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { Meter, type Metered } from "../../src/run/meter.ts";

const HOLDING = `const all = Buffer.alloc(Number(process.argv[1]), 1); setInterval(() => all.length, 1000);`;

function holding(bytes: number): number {
  const child = spawn(process.execPath, ["-e", HOLDING, String(bytes)], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child.pid ?? 0;
}

test("where all together are about to take the machine's memory, the largest is over it", async () => {
  const meter = new Meter(300e6);
  const [small, large] = [holding(1e6), holding(250e6)];
  const over = await new Promise<readonly [number, string]>((resolve) => {
    for (const leader of [small, large]) {
      const metered: Metered = {
        leader,
        limitBytes: undefined,
        countsLeader: true,
        log: "/nowhere",
        onExcess: (message) => resolve([leader, message]),
      };
      meter.add(metered);
      onTestFinished(() => void meter.delete(metered));
    }
  });
  expect(over).toEqual([large, expect.stringMatching(/all steps together more than 90 % of the 300 MB/)]);
});
