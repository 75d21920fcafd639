/** A process that writes to the journal and rotates it all the time, is read meanwhile, and is killed again and again. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import type { MonitoringWindow } from "../../src/core/monitoring.ts";
import { lastWindow, readWindows } from "../../src/monitor/journal.ts";
import { temporaryFolder } from "../rig/project.ts";
import { hours } from "../rig/windows.ts";

const KEEP = 6;
const JOURNAL = fileURLToPath(new URL("../../src/monitor/journal.ts", import.meta.url));

/** Appends windows that are known by their rows, as fast as it can, and prints what is written. */
const WRITER = `
import { writeSync } from "node:fs";
import { appendWindow } from ${JSON.stringify(JOURNAL)};
const [, , root, start, text] = process.argv;
const window = JSON.parse(text);
const maxBytes = text.length * 2.5;
for (let rows = Number(start); ; rows++) {
  appendWindow({ root, maxBytes, keep: ${KEEP} }, { ...window, data: { ...window.data, rows } });
  writeSync(1, rows + "\\n");
}
`;

test("whoever reads meanwhile finds each line once and none missing, and no kill loses what was written", async () => {
  const root = temporaryFolder();
  const [source, program] = [join(root, "writer.ts"), join(root, "writer.cjs")];
  writeFileSync(source, WRITER);
  buildSync({ entryPoints: [source], outfile: program, bundle: true, platform: "node", format: "cjs" });
  const [window] = hours([{ rows: 3 }]) as readonly [MonitoringWindow];
  const read = (): readonly number[] => [...readWindows(root, () => {})].map(({ data }) => data.rows);
  let next = 1_000;
  for (let kills = 0; kills < 8; kills++) {
    const child = spawn(process.execPath, [program, root, String(next), JSON.stringify(window)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await once(child.stdout, "data");
    for (let times = 0; times < 25; times++) {
      const rows = read();
      expect(rows).toEqual(rows.map((_, at) => (rows[0] ?? 0) + at));
      await new Promise((resolve) => setImmediate(resolve));
    }
    child.kill("SIGKILL");
    await once(child, "close");
    const written = Number(said.trimEnd().split("\n").at(-1));
    const rows = read();
    expect(rows).toEqual(rows.map((_, at) => (rows[0] ?? 0) + at));
    // Each file has room for two lines, and one of them may be torn.
    expect(rows.length).toBeGreaterThanOrEqual(Math.min(written - 1_000, KEEP));
    expect([written, written + 1]).toContain(rows.at(-1));
    expect(lastWindow(root)?.data.rows).toBe(rows.at(-1));
    next = (rows.at(-1) ?? 0) + 1;
  }
});
