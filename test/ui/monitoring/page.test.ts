/** The page of monitoring: what it says, and that a text of others is only ever a text on it. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MonitoringWindow } from "../../../src/core/monitoring.ts";
import { eventfulDays, pageOf } from "../../rig/monitoring-page.ts";
import { hours, MODEL } from "../../rig/windows.ts";

const textOf = (page: string): string =>
  page
    .replace(/<style>.*<\/style>/s, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");
const tagsOf = (page: string): readonly string[] => page.match(/<[^>]*>/g) ?? [];
/** The words of each section, by its heading. */
const sectionsOf = (page: string): ReadonlyMap<string, string> =>
  new Map(
    page
      .split("<h2>")
      .slice(1)
      .map((part) => [part.split("</h2>")[0] ?? "", textOf(part)]),
  );
/** A figure's own markup, by its title. */
function figureOf(page: string, title: string): string {
  const [figure] = page.split("<figure>").filter((part) => part.includes(`<b>${title}</b>`));
  return figure?.split("</figure>")[0] ?? "";
}
const [ONE] = hours([{}]) as readonly [MonitoringWindow];

describe("the head", () => {
  test.each([
    ["all is well", [{}, {}, {}], "ok no alarm is open"],
    ["too few rows came", [{ rows: 50 }], "few rows too few rows in the last window"],
    ["an alarm is open", [{ shift: 3 }, { shift: 3 }, { shift: 3 }], "alert 2 alarms are open"],
  ])("says where %s", (_, each, words) => {
    expect(textOf(pageOf(hours(each)))).toContain(words);
  });

  test("says of which model, time and rows it is", () => {
    const text = textOf(pageOf(eventfulDays()));
    expect(text).toContain("3f2a9c410000 , in the last 33 windows");
    expect(text).toContain("2026-11-22 10:00 to 2026-11-24 10:00 UTC: 48 windows");
    expect(text).toContain("12,201 predicted");
  });
});

describe("an open alarm", () => {
  const page = pageOf(hours([{}, { shift: 3 }, { shift: 3 }]));

  test("is told first, with since when, what it is, and what to do", () => {
    const alarms = sectionsOf(page).get("2 open alarms");
    expect(alarms).toContain("▲ data.bill_length_mm strong bill_length_mm: another distribution than in training");
    expect(alarms).toContain("since 2026-11-22 13:00 UTC");
    expect(alarms).toContain("What to do: see where bill_length_mm comes from");
    expect([...sectionsOf(page).keys()][0]).toBe("2 open alarms");
  });

  test("is marked in the curve of its signal, and in no other's", () => {
    expect(page.match(/<path class="open"/g)).toHaveLength(2);
    expect(figureOf(page, "Requests in a window")).not.toContain('class="open"');
  });

  test("puts its feature before the others, and says so of it in words", () => {
    const features = sectionsOf(pageOf(hours([{}, { strange: 80 }, { strange: 80 }]))).get("Features") ?? "";
    expect(features.indexOf("sex alarm: ")).toBeGreaterThan(0);
    expect(features.indexOf("sex alarm: ")).toBeLessThan(features.indexOf("bill_length_mm as in training"));
    expect(features).toContain("never seen in training 20 % 0 %");
  });
});

test("what happened is told from the latest on: alarms that opened and ended, and another model", () => {
  const happened = sectionsOf(pageOf(eventfulDays())).get("What happened") ?? "";
  const order = [
    "▲ moderate missing.bill_length_mm",
    "○ over data.bill_length_mm",
    "▲ strong data.bill_length_mm",
    "┆ another model",
  ];
  const places = order.map((words) => happened.indexOf(words));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places[0]).toBeGreaterThan(0);
  expect(happened).toContain("3f2a9c410000 is in service instead of b7c100000000");
});

test("of very many alerts the last hundred are told, and how many more there are", () => {
  const { alerts } = hours([{ shift: 3 }, { shift: 3 }])[1] ?? ONE;
  const page = pageOf(Array.from({ length: 60 }, () => ({ ...ONE, alerts })));
  expect(sectionsOf(page).get("What happened")?.match(/▲/g)?.length).toBeGreaterThanOrEqual(100);
  expect(textOf(page)).toContain("and 20 earlier ones");
});

describe("a curve", () => {
  const pathsIn = (figure: string): readonly string[] =>
    [...figure.matchAll(/<path class="first" d="([^"]*)"/g)].map(([, d]) => d ?? "");
  /** Without the sample in the caption. */
  const curveIn = (figure: string): string => pathsIn(figure).at(-1) ?? "";

  test("has a gap where nothing could be told, and never a zero", () => {
    const all = curveIn(figureOf(pageOf(hours([{}, {}, {}, {}, {}])), "Drift (PSI)"));
    const gap = curveIn(figureOf(pageOf(hours([{}, {}, { rows: 50 }, {}, {}])), "Drift (PSI)"));
    expect([all.match(/M/g)?.length, gap.match(/M/g)?.length]).toEqual([1, 2]);
  });

  test("of one window is a point", () => {
    expect(figureOf(pageOf([ONE]), "Drift (PSI)")).toMatch(/<path class="dots first" d="M[\d.]+ [\d.]+h0"/);
  });

  test("says where there is none", () => {
    expect(figureOf(pageOf(hours([{ rows: 50 }, { rows: 60 }])), "Drift (PSI)")).toContain("No window could tell.");
  });

  test("of thousands of windows keeps the least and the greatest of each few, and the page says of how many", () => {
    const days = hours(Array.from({ length: 50 }, (_, at) => ({ rows: at === 31 ? 333 : 220 + (at % 3) })));
    const windows = Array.from({ length: 40 }, (_, times) =>
      days.map((window, at): MonitoringWindow => {
        const to = new Date(Date.UTC(2026, 0, 1, times * days.length + at)).toISOString();
        const isPeak = times === 17 && at === 31;
        const system = window.system && { ...window.system, requests: isPeak ? 5_000 : window.system.requests };
        return { ...window, from: to, to, system };
      }),
    ).flat();
    const page = pageOf(windows);
    expect(textOf(page)).toContain("Two points stand for 10 windows, with the least and the greatest of each figure.");
    const figure = figureOf(page, "Requests in a window");
    expect(curveIn(figure).split("L").length).toBeLessThanOrEqual(400);
    // Nothing but the peak reaches the top.
    const tops = [...curveIn(figure).matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y));
    expect(tops.filter((y) => y < 60)).toHaveLength(1);
    expect(page.length).toBeLessThan(200_000);
  });
});

describe("a table that was scored", () => {
  const batch: MonitoringWindow = { ...ONE, source: "batch", from: null, to: null, system: null };
  const page = pageOf([batch]);

  test("has its features and predictions beside training, and nothing along time", () => {
    expect(textOf(page)).toContain("a table, which was scored as a whole");
    expect([...sectionsOf(page).keys()]).toEqual(["Features", "Predictions", "Windows"]);
    expect(figureOf(page, "Drift (PSI)")).toBe("");
    expect(page.match(/class="before"/g)).toHaveLength(20);
  });
});

test("of many features the first are seen, and the others are folded, with coarser curves", () => {
  const [feature] = ONE.data.features;
  if (feature === undefined) throw new Error("no feature");
  const features = Array.from({ length: 50 }, (_, at) => ({ ...feature, name: `f${at}`, psi: at / 1_000 }));
  const page = pageOf(
    hours(Array.from({ length: 500 }, () => ({ rows: 220 }))).map((window) => ({
      ...window,
      data: { ...window.data, features },
    })),
  );
  const [open = "", folded = ""] = page.split("<details>");
  expect([open.match(/<article/g)?.length, folded.match(/<article/g)?.length]).toEqual([8, 42]);
  expect(folded).toContain("<summary>42 more features, nearer to training</summary>");
  expect(open.indexOf(">f49 ")).toBeLessThan(open.indexOf(">f48 "));
  expect(page.length).toBeLessThan(1_500_000);
});

test("what came late for an earlier model has no part in the curves; a model that was taken back at once has", () => {
  const other = { ...MODEL, digest: "b".repeat(64) };
  const unjudged = (window: MonitoringWindow): MonitoringWindow => ({ ...window, judged: false });
  const [labels] = hours([{ rows: 0, missing: 0, model: other }]).map((window): MonitoringWindow => {
    const moments = { ...window.model.labels.moments, n: 1, numbers: 1 };
    return unjudged({
      ...window,
      model: { ...window.model, labels: { ...window.model.labels, n: 1, rmse: 9, moments } },
    });
  });
  const [, second, third] = hours([{}, {}, {}]);
  if (labels === undefined || second === undefined || third === undefined) throw new Error("unreachable");
  const late = pageOf([ONE, second, labels]);
  expect(sectionsOf(late).has("What came true")).toBe(false);
  expect(sectionsOf(late).get("Windows")).toContain("late labels");
  const [withdrawn] = hours([{ rows: 30, failed: 30, model: other }]).map(unjudged);
  const page = pageOf([ONE, { ...(withdrawn ?? ONE), from: second.from, to: second.to }, third]);
  expect(
    sectionsOf(page)
      .get("What happened")
      ?.match(/┆ another model/g),
  ).toHaveLength(2);
  expect(figureOf(page, "Requests that failed (5xx)")).toContain("between 0 % and 100 %");
  expect(sectionsOf(page).get("Windows")).not.toContain("late labels");
});

test("it needs nothing beside itself, and lets nothing in", () => {
  const page = pageOf(eventfulDays());
  expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
  expect(page).not.toMatch(/<script|<link|<img|https?:|@import|url\(/);
});

test("whatever things are called, their names are text on it", () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      '<script>alert("x")</script>',
      '" onload="x',
      "</style><b>",
      "__proto__",
      "constructor",
      "\u202egnp\u001b[2J",
      "a".repeat(300),
      "",
    ),
    fc.string({ unit: "binary" }),
  );
  const named = (name: string, category: string): MonitoringWindow => {
    const data = {
      ...ONE.data,
      features: ONE.data.features.map((feature) => ({
        ...feature,
        name: `${name}${feature.name}`,
        histogram: feature.histogram && {
          ...feature.histogram,
          ...(feature.histogram.categories && { categories: feature.histogram.categories.map(() => category) }),
        },
      })),
    };
    const alert = { signal: `data.${name}`, state: "open", severity: "slight", message: `${name}: moved` } as const;
    const alarm = { signal: `data.${name}`, recent: [true], open_since: ONE.to, severity: "slight" } as const;
    const figure = { n: 1, sum: 1, mean: 1, least: 1, greatest: 1 };
    return { ...ONE, data, alerts: [alert], alarms: [alarm], business: { kpis: { [`k${name}`]: figure } } };
  };
  const tagNames = (page: string): readonly string[] => tagsOf(page).map((tag) => /^<[\w!/]*/.exec(tag)?.[0] ?? tag);
  const plain = tagNames(pageOf([named("plain", "c")], "plain"));
  fc.assert(
    fc.property(nasty, nasty, (name, category) => {
      const page = pageOf([named(name, category)], name);
      expect(tagNames(page)).toEqual(plain);
      expect(tagsOf(page).filter((tag) => /\son\w+=/.test(tag.replaceAll(/"[^"]*"/g, '""')))).toEqual([]);
      // eslint-disable-next-line no-control-regex
      expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
    }),
  );
});
