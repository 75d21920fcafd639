/** What pipe monitor says, on a wide and on a narrow terminal. */

import { expect, test } from "vitest";
import type { MonitoringAlert, MonitoringWindow } from "../../src/core/monitoring.ts";
import { mergedWindows } from "../../src/monitor/merged.ts";
import { healthOf, type Health } from "../../src/ui/health.ts";
import { healthText } from "../../src/ui/monitor.ts";
import { windowText } from "../../src/ui/monitor-line.ts";
import { plain } from "../../src/ui/paint.ts";
import { blocksFor, sparkline } from "../../src/ui/sparkline.ts";
import { widthOf } from "../../src/ui/width.ts";
import { hours, MODEL, START_MS, type Hour } from "../rig/windows.ts";

const UNICODE = blocksFor({ LANG: "en_US.UTF-8" });

function healthAfter(windows: readonly MonitoringWindow[], openings = new Map<string, MonitoringAlert>()): Health {
  for (const alert of windows.flatMap(({ alerts }) => alerts)) openings.set(alert.signal, alert);
  return healthOf({ windows, total: mergedWindows(windows) as MonitoringWindow, openings });
}

/** Lines end as the terminal shows them. */
const shown = (health: Health, columns: number, blocks = UNICODE): string =>
  `\n${healthText(health, { columns, blocks, paint: plain, nowMs: START_MS + 12 * 3_600_000 + 60_000 })}`;

const DRIFTING: readonly Hour[] = Array.from({ length: 12 }, (_, at) => ({
  shift: Math.max(0, at - 6) / 2,
  missing: at > 8 ? 60 : 4,
  strange: at === 10 ? 4 : 0,
  error: at > 9 ? 1.6 : 0.95,
  failed: at > 10 ? 12 : 0,
  revenue: 100 + at * 7,
}));

test("on 80 columns it has everything", () => {
  expect(shown(healthAfter(hours(DRIFTING)), 80)).toMatchInlineSnapshot(`
    "
    alert     4 alarms are open
    model     3f2a9c410000
    time      2026-11-22 10:00 to 2026-11-22 22:00 UTC: 12 windows, the last ended 1
              min 0 s ago
    rows      4,800 predicted

    strong    data.bill_length_mm, since 2026-11-22 20:00 UTC
              bill_length_mm: another distribution than in training (PSI 0.676, by
              chance at most 0.103)
    do        see where bill_length_mm comes from: another unit, source or kind of
              row? Where the world changed, train on newer rows: pipe build

    moderate  missing.bill_length_mm, since 2026-11-22 21:00 UTC
              bill_length_mm: 15 % of the rows lack it, 0.99 % in training
    do        see why other rows than in training lack bill_length_mm: who asks, and
              where they have it from

    strong    prediction, since 2026-11-22 20:00 UTC
              the predictions: another distribution than in training (PSI 0.602, by
              chance at most 0.0912)
    do        look at the features that drift, and at labels as they come; 'pipe
              rollback' puts the model before back

    moderate  labels, since 2026-11-22 22:00 UTC
              the error grew: RMSE 1.61 over 200 labels, 1 when the model was made
    do        train on newer rows: pipe build; where the model before did better:
              pipe rollback

      signal                  last       all        usual    windows
    ! data.bill_length_mm     psi 1.32   psi 0.064  < 0.103  ▁▁▁▁▁▁▁▁▄▅▇█
    ! missing.bill_length_mm  15 %       4.5 %      0.99 %   ▁▁▁▁▁▁▁▁▁███
      data.sex                psi 0      psi 0      < 0.033  ▁▁▁▁▁▁▁▁▁▁█▁
      missing.sex             0 %        0 %        0.99 %   ▁▁▁▁▁▁▁▁▁▁▁▁
      new.sex                 0          4          0        ▁▁▁▁▁▁▁▁▁▁█▁
    ! prediction              psi 1.21   psi 0.053  < 0.091  ▁▁▁▁▁▁▁▁▄▄▇█
      prediction.p50          3,985      3,985               ████████████
    ! labels                  rmse 1.61  rmse 1.09  rmse 1   ▅▅▅▅▅▅▅▅▅▅██
      labels.n                200        2,400               ████████████
      labels.coverage         50 %       50 %                ████████████
      requests                400        4,800               ████████████
      errors                  3 %        0.25 %              ▁▁▁▁▁▁▁▁▁▁▁█
      latency.p50             5.04 ms    5.04 ms             ████████████
      latency.p95             9.95 ms    9.95 ms             ████████████
      latency.p99             9.95 ms    9.95 ms             ████████████
      rss                     120 MB     120 MB              ████████████
      kpi.revenue             177        139                 ▅▅▆▆▆▆▇▇▇▇██
    "
  `);
});

test("on 40 columns it leaves away what is least needed, and still fits", () => {
  expect(shown(healthAfter(hours(DRIFTING)), 40)).toMatchInlineSnapshot(`
    "
    alert     4 alarms are open
    model     3f2a9c410000
    time      2026-11-22 10:00 to 2026-11-22
              22:00 UTC: 12 windows, the
              last ended 1 min 0 s ago
    rows      4,800 predicted

    strong    data.bill_length_mm, since
              2026-11-22 20:00 UTC
              bill_length_mm: another
              distribution than in training
              (PSI 0.676, by chance at most
              0.103)
    do        see where bill_length_mm comes
              from: another unit, source or
              kind of row? Where the world
              changed, train on newer rows:
              pipe build

    moderate  missing.bill_length_mm, since
              2026-11-22 21:00 UTC
              bill_length_mm: 15 % of the
              rows lack it, 0.99 % in
              training
    do        see why other rows than in
              training lack bill_length_mm:
              who asks, and where they have
              it from

    strong    prediction, since 2026-11-22
              20:00 UTC
              the predictions: another
              distribution than in training
              (PSI 0.602, by chance at most
              0.0912)
    do        look at the features that
              drift, and at labels as they
              come; 'pipe rollback' puts the
              model before back

    moderate  labels, since 2026-11-22 22:00
              UTC
              the error grew: RMSE 1.61 over
              200 labels, 1 when the model
              was made
    do        train on newer rows: pipe
              build; where the model before
              did better: pipe rollback

      signal          last       windows
    ! data.bill_len…  psi 1.32   ▁▁▁▁▁▁▁▄▅▇█
    ! missing.bill_…  15 %       ▁▁▁▁▁▁▁▁███
      data.sex        psi 0      ▁▁▁▁▁▁▁▁▁█▁
      missing.sex     0 %        ▁▁▁▁▁▁▁▁▁▁▁
      new.sex         0          ▁▁▁▁▁▁▁▁▁█▁
    ! prediction      psi 1.21   ▁▁▁▁▁▁▁▄▄▇█
      prediction.p50  3,985      ███████████
    ! labels          rmse 1.61  ▅▅▅▅▅▅▅▅▅██
      labels.n        200        ███████████
      labels.covera…  50 %       ███████████
      requests        400        ███████████
      errors          3 %        ▁▁▁▁▁▁▁▁▁▁█
      latency.p50     5.04 ms    ███████████
      latency.p95     9.95 ms    ███████████
      latency.p99     9.95 ms    ███████████
      rss             120 MB     ███████████
      kpi.revenue     177        ▅▆▆▆▆▇▇▇▇██
    "
  `);
});

test("where all is well it is short, and where too few rows came it says so", () => {
  expect(shown(healthAfter(hours([{}, {}])), 80)).toMatchInlineSnapshot(`
    "
    ok        no alarm is open
    model     3f2a9c410000
    time      2026-11-22 10:00 to 2026-11-22 12:00 UTC: 2 windows, the last ended 10
              h 1 min ago
    rows      800 predicted

      signal                  last       all        usual    windows
      data.bill_length_mm     psi 0.001  psi 0.001  < 0.092  ▁▁
      missing.bill_length_mm  1 %        1 %        0.99 %   ██
      data.sex                psi 0      psi 0      < 0.033  ▁▁
      missing.sex             0 %        0 %        0.99 %   ▁▁
      prediction              psi 0      psi 0      < 0.091  ▁▁
      prediction.p50          3,985      3,985               ██
      requests                400        800                 ██
      errors                  0 %        0 %                 ▁▁
      latency.p50             5.04 ms    5.04 ms             ██
      latency.p95             9.95 ms    9.95 ms             ██
      latency.p99             9.95 ms    9.95 ms             ██
      rss                     120 MB     120 MB              ██
    "
  `);
  expect(shown(healthAfter(hours([{}, { rows: 12 }])), 80).split("\n")[1]).toBe(
    "few rows  too few rows in the last window to say anything of the data",
  );
});

test("a terminal without blocks gets letters that it has", () => {
  const text = shown(healthAfter(hours(DRIFTING)), 40, blocksFor({ LANG: "C" }));
  expect(text).toMatch(/^[\n -~]*$/);
  expect(text).toContain("#");
});

test.for([
  [{}, "▁█"],
  [{ LANG: "de_DE.utf8" }, "▁█"],
  [{ LANG: "de_DE.utf8", LC_ALL: "C" }, "_#"],
  [{ LANG: "", LC_CTYPE: "C.UTF-8" }, "▁█"],
  [{ LANG: "POSIX" }, "_#"],
  [{ LANG: "en_US.ISO-8859-1" }, "_#"],
  [{ TERM: "linux", LANG: "C.UTF-8" }, "_#"],
  [{ TERM: "dumb" }, "_#"],
] as const)("the blocks of %j are %s", ([env, line]) => {
  expect(sparkline([0, 1], null, blocksFor(env))).toBe(line);
});

test("a sparkline begins at 0, reaches what is usual at least, and is blank where nothing is known", () => {
  expect(sparkline([0, 0.5, null, 1], null, UNICODE)).toBe("▁▅ █");
  expect(sparkline([0.1, 0.2], 1, UNICODE)).toBe("▂▂");
  expect(sparkline([-1, 0, 1], null, UNICODE)).toBe("▁▅█");
  expect(sparkline([0, 0, null], null, UNICODE)).toBe("▁▁ ");
  expect(sparkline([], null, UNICODE)).toBe("");
});

const named = (name: string): typeof MODEL => ({
  ...MODEL,
  features: MODEL.features.map((each, at) => (at === 0 ? { ...each, name } : each)),
});

test.for([40, 80, 120])("whatever the names are, each line fits on %i columns", (columns) => {
  for (const name of ["x".repeat(300), "くちばしの長さ".repeat(9), "👩‍👩‍👧‍👦".repeat(40), "a b ".repeat(50)]) {
    const windows = hours(DRIFTING.map((hour) => ({ ...hour, model: named(name) })));
    for (const line of shown(healthAfter(windows), columns).split("\n"))
      expect(widthOf(line)).toBeLessThanOrEqual(columns);
    for (const window of windows)
      for (const line of windowText(window, { columns, blocks: UNICODE, paint: plain }).split("\n"))
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
  }
});

test("a name cannot steer the terminal", () => {
  const windows = hours(DRIFTING.map((hour) => ({ ...hour, model: named("\u001B[2J\u202Eevil\n") })));
  const text =
    shown(healthAfter(windows), 80) +
    windows.map((each) => windowText(each, { columns: 80, blocks: UNICODE, paint: plain })).join("");
  expect(["\u001B", "\u202E"].filter((sign) => text.includes(sign))).toEqual([]);
  expect(text).toContain("data.?[2J?evil?");
});

test("of many features those with an alarm are shown, then those furthest from training, and the rest is counted", () => {
  const features = Array.from({ length: 40 }, (_, at) => ({
    ...(MODEL.features[0] as (typeof MODEL.features)[0]),
    name: `f${at}`,
  }));
  const [window] = hours([{ rows: 10 }]) as readonly [MonitoringWindow];
  const [feature] = window.data.features as readonly [MonitoringWindow["data"]["features"][0]];
  const of = features.map(({ name }, at) => ({
    ...feature,
    missing: 0,
    missing_rate_reference: 0,
    name,
    psi: at / 100,
    psi_critical: 0.1,
  }));
  const alarms = [{ signal: "data.f3", recent: [true, true], open_since: window.to, severity: "slight" }] as const;
  const many: MonitoringWindow = { ...window, data: { ...window.data, features: of }, alarms };
  const text = healthText(healthOf({ windows: [many], total: many, openings: new Map() }), {
    columns: 80,
    blocks: UNICODE,
    paint: plain,
    nowMs: START_MS,
  });
  const names = [...text.matchAll(/^[ !] data\.(f\d+)/gm)].map(([, name]) => name);
  expect(names).toEqual(["f3", ...Array.from({ length: 11 }, (_, at) => `f${at + 29}`)]);
  expect(text).toContain("and 28 more rows, which the page has");
});

test("of many figures of the business the first are shown", () => {
  const [window] = hours([{}]) as readonly [MonitoringWindow];
  const figure = { n: 1, sum: 1, mean: 1, least: 1, greatest: 1 };
  const kpis = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, figure]));
  const many: MonitoringWindow = { ...window, business: { kpis } };
  const text = shown(healthOf({ windows: [many], total: many, openings: new Map() }), 80);
  expect(text.match(/kpi\.k\d+/g)).toHaveLength(12);
  expect(text).toContain("and 88 more rows, which the page has");
});

test("the figures of all windows are of the model in service, and it says of how many", () => {
  const other = { ...MODEL, digest: "b".repeat(64) };
  const health = healthAfter(hours([{ model: other }, {}, { rows: 500 }]));
  expect([health.windows, health.ofModel, health.rows]).toEqual([3, 2, 900]);
  expect(shown(health, 80)).toContain("model     3f2a9c410000, in the last 2 of these 3 windows\n");
});

test("an alarm that opened before all that is kept is told all the same", () => {
  const last = hours(DRIFTING).slice(-1);
  const health = healthOf({ windows: last, total: last[0] as MonitoringWindow, openings: new Map() });
  expect(health.alarms.map(({ message }) => message)).toContain(
    "prediction: what was said when it opened is kept no longer",
  );
});

test("a line for each window, and one for each alarm that opens or closes", () => {
  const windows = hours([{ shift: 3 }, { shift: 3, error: 2, failed: 3 }, {}, {}, {}]);
  const lines = windows.map((window) => windowText(window, { columns: 80, blocks: UNICODE, paint: plain }));
  expect(`\n${lines.join("")}`).toMatchInlineSnapshot(`
    "
    2026-11-22 11:00  ok  400 rows, psi 1.72 of bill_length_mm, p99 9.95 ms
    2026-11-22 12:00  alert  400 rows, psi 1.72 of bill_length_mm, rmse 2.01, p99 9…
      open  data.bill_length_mm: bill_length_mm: another distribution than in train…
      open  prediction: the predictions: another distribution than in training (PSI…
    2026-11-22 13:00  alert  400 rows, psi 0.001 of bill_length_mm, p99 9.95 ms
    2026-11-22 14:00  alert  400 rows, psi 0.001 of bill_length_mm, p99 9.95 ms
    2026-11-22 15:00  ok  400 rows, psi 0.001 of bill_length_mm, p99 9.95 ms
      recovered  data.bill_length_mm: as in training again
      recovered  prediction: as in training again
    "
  `);
});

test("a table that was scored has no time", () => {
  const [window] = hours([{}]) as readonly [MonitoringWindow];
  const table: MonitoringWindow = { ...window, source: "batch", from: null, to: null, system: null };
  expect(shown(healthAfter([table]), 80)).toContain("time      a table, which was scored as a whole\n");
  expect(windowText(table, { columns: 80, blocks: UNICODE, paint: plain })).toMatch(/^a table {2}ok {2}400 rows/);
});
