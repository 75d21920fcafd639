/** `pipe monitor`: how the model in service fares, from what was written. The Pipefile is not read: it may be broken. */

import { mkdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { MonitoringAlert, MonitoringWindow } from "../core/monitoring.ts";
import { sinceMs } from "../core/since.ts";
import { badMonitoring, badSince, badUsage, noMonitoring, noMonitoringSince } from "../core/usage.ts";
import { readWindows, readWindowsOf, type PassedLine } from "../monitor/journal.ts";
import { mergedWindows } from "../monitor/merged.ts";
import { replaceFile } from "../store/whole.ts";
import { plural } from "../ui/format.ts";
import { healthOf } from "../ui/health.ts";
import { versionedJson } from "../ui/json.ts";
import { healthText } from "../ui/monitor.ts";
import { monitoringPage, type PageRequest } from "../ui/monitoring/page.ts";
import { paintFor } from "../ui/paint.ts";
import { blocksFor } from "../ui/sparkline.ts";
import { followed } from "./monitor-follow.ts";
import type { Call } from "./main.ts";
import type { Terminal } from "./terminal.ts";

const ALARM_EXIT_CODE = 1;

export async function run(call: Call, terminal: Terminal): Promise<number> {
  const { flags, place, words } = call;
  const [file] = words;
  const nowMs = Date.now();
  const fromMs = startOf(flags.since, nowMs);
  const { out, err, env } = terminal;
  const sheet = { columns: out.columns ?? 80, blocks: blocksFor(env), paint: paintFor(out, env), nowMs };
  if (flags.follow === true) {
    if (file !== undefined) throw followsNoFile();
    return followed({
      root: place.root,
      fromMs: flags.since === undefined ? Infinity : fromMs,
      write: (text) => out.write(text),
      warn: (text) => err.write(text),
      // What goes to a file or to another program is not cut.
      sheet: { ...sheet, columns: out.columns ?? Infinity },
      isJson: flags.json === true,
    });
  }
  const { windows, openings, passed } = read(call, fromMs);
  const total = mergedWindows(windows);
  if (total === undefined) throw noMonitoring({ file });
  const health = healthOf({ windows, total, openings });
  if (flags.json !== true) out.write(healthText(health, sheet));
  const page = flags["no-page"] === true ? undefined : writePage(call, { health, windows }, nowMs);
  if (flags.json === true) out.write(versionedJson({ ...health, total, passed: passed.count, page }));
  else if (page !== undefined) out.write(`\nthe page is ${page}\n`);
  const { first } = passed;
  if (first !== undefined)
    err.write(`${first.file}: passed over ${plural(passed.count, "line")}; line ${first.line}: ${first.problem}\n`);
  return health.alarms.length > 0 ? ALARM_EXIT_CODE : 0;
}

function startOf(since: string | undefined, nowMs: number): number {
  if (since === undefined) return -Infinity;
  const fromMs = sinceMs(since, nowMs);
  if (fromMs === undefined) throw badSince({ text: since });
  return fromMs;
}

const followsNoFile = (): Error =>
  badUsage({
    problem: "--follow is about the service of the project, and takes no file",
    near: undefined,
    see: "pipe monitor --help",
  });

interface Found {
  /** The latest last; one at least. */
  readonly windows: readonly MonitoringWindow[];
  readonly openings: ReadonlyMap<string, MonitoringAlert>;
  readonly passed: { count: number; first: PassedLine | undefined };
}

function read({ flags, place, words }: Call, fromMs: number): Found {
  const [file] = words;
  const passed: Found["passed"] = { count: 0, first: undefined };
  const onPassed = (line: PassedLine): void => {
    passed.count += 1;
    passed.first ??= line;
  };
  const windows: MonitoringWindow[] = [];
  const openings = new Map<string, MonitoringAlert>();
  let lastTo: string | null = null;
  const found = file === undefined ? readWindows(place.root, onPassed) : readWindowsOf(place.cwd, file, onPassed);
  for (const window of found ?? []) {
    lastTo = window.to;
    for (const alert of window.alerts) if (alert.state === "open") openings.set(alert.signal, alert);
    // A table has no time, and is what was asked for.
    if (window.to === null || Date.parse(window.to) >= fromMs) windows.push(window);
  }
  if (windows.length > 0) return { windows, openings, passed };
  if (lastTo !== null) throw noMonitoringSince({ since: flags.since ?? "", last: lastTo });
  throw passed.first === undefined ? noMonitoring({ file }) : badMonitoring(passed.first);
}

/** The page's path, relative to the project's root. */
function writePage({ place, words }: Call, of: Pick<PageRequest, "health" | "windows">, nowMs: number): string {
  const [file = "monitoring.jsonl"] = words;
  const page = `reports/${basename(file).replace(/\.jsonl?$/, "")}.html`;
  const target = resolve(place.root, page);
  mkdirSync(dirname(target), { recursive: true });
  replaceFile(target, monitoringPage({ ...of, name: basename(place.root), madeAt: new Date(nowMs).toISOString() }));
  return page;
}
