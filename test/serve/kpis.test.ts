/** Figures of the business by a module: what it gives is checked, and nobody waits for it for ever. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MonitoringWindow } from "../../src/core/monitoring.ts";
import { kpisFrom } from "../../src/serve/kpis.ts";
import { temporaryFolder } from "../rig/project.ts";
import { hours } from "../rig/windows.ts";

const [WINDOW] = hours([{ rows: 3 }]) as readonly [MonitoringWindow];

async function asked(source: string, ending = new AbortController().signal): Promise<unknown> {
  const path = join(temporaryFolder(), "kpis.mjs");
  writeFileSync(path, source);
  return (await kpisFrom(path))?.(WINDOW, ending);
}

test("without a module there are none", async () => {
  expect(await kpisFrom(undefined)).toBeUndefined();
});

test("the module is given the window, and may answer at once or later", async () => {
  expect(await asked("export default ({ data }) => ({ rows: data.rows });")).toEqual({ rows: 3 });
  expect(await asked("export default async ({ data }) => ({ rows: data.rows });")).toEqual({ rows: 3 });
});

test.each([
  ["nothing", "null", "gave no object of figures"],
  ["a list", "[1]", "gave no object of figures"],
  ["a text", '({ revenue: "5" })', "gave 'revenue', which is no number"],
  ["what no measure comes to", "({ revenue: 1e300 })", "gave 'revenue', which is no number"],
  ["a name that stands nowhere else", '({ "a b": 5 })', "gave 'a b', which is no number by a name of letters"],
])("%s is refused", async (_, value, message) => {
  await expect(asked(`export default () => ${value};`)).rejects.toThrow(message);
});

test("what the module throws is told, at once or later", async () => {
  await expect(asked('export default () => { throw new Error("no table"); };')).rejects.toThrow("no table");
  await expect(asked('export default async () => { throw new Error("no table"); };')).rejects.toThrow("no table");
});

test("a module that never answers does not keep the service from its end", async () => {
  const hanging = "export default () => new Promise(() => {});";
  await expect(asked(hanging, AbortSignal.abort())).rejects.toThrow("no answer within 2 s");
  const ending = new AbortController();
  const waiting = asked(hanging, ending.signal);
  ending.abort();
  await expect(waiting).rejects.toThrow("no answer within 2 s");
});
