/** When alarms open and close. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AlarmState } from "../../src/core/monitoring.ts";
import { judged, withdrawn } from "../../src/monitor/alarm.ts";
import type { Verdict } from "../../src/monitor/verdict.ts";

const rule = { wrong: 2, of: 3 };
const verdict = (isWrong: boolean | undefined, more: Partial<Verdict> = {}): Verdict => ({
  signal: "data.length",
  isWrong,
  severity: "moderate",
  message: "length: it moved",
  ...more,
});

/** What was said after each window. */
function said(windows: readonly (boolean | undefined)[]): readonly (string | undefined)[] {
  let alarms: readonly AlarmState[] = [];
  return windows.map((isWrong, at) => {
    const next = judged(alarms, [verdict(isWrong)], { rule, at: `window ${at}` });
    alarms = next.alarms;
    return next.alerts[0]?.state;
  });
}

describe("an alarm that opens at two of three windows", () => {
  test("is not raised by one", () => {
    expect(said([true, false, false, true, false, false])).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  test("is raised by the second, once, and recovers after three good ones", () => {
    expect(said([true, true, true, true, false, false, false])).toEqual([
      undefined,
      "open",
      undefined,
      undefined,
      undefined,
      undefined,
      "recovered",
    ]);
  });

  test("is raised by two with a good one between", () => {
    expect(said([true, false, true])).toEqual([undefined, undefined, "open"]);
  });

  test("stays open while it comes and goes", () => {
    expect(said([true, true, false, false, true, false, false, false])).toEqual([
      undefined,
      "open",
      ...Array.from({ length: 5 }, () => undefined),
      "recovered",
    ]);
  });

  test("waits where nothing can be told", () => {
    expect(said([true, undefined, undefined, true])).toEqual([undefined, undefined, undefined, "open"]);
  });
});

test("in any series each episode is opened once and closed once, in turn", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.boolean(), { nil: undefined })), (windows) => {
      const states = said(windows).filter((state) => state !== undefined);
      expect(states).toEqual(states.map((_, at) => (at % 2 === 0 ? "open" : "recovered")));
    }),
  );
});

test("an episode says since when, and is as bad as it ever was", () => {
  const step = (before: readonly AlarmState[], more: Partial<Verdict>, at: string) =>
    judged(before, [verdict(true, more)], { rule, at }).alarms;
  const opened = step(step([], {}, "1"), {}, "2");
  expect(opened).toEqual([{ signal: "data.length", recent: [true, true], open_since: "2", severity: "moderate" }]);
  const worse = step(opened, { severity: "strong" }, "3");
  expect(step(worse, { severity: "slight" }, "4")[0]).toMatchObject({ open_since: "2", severity: "strong" });
});

test("signals do not know of each other, and one that is not told of stays as it is", () => {
  const before = judged([], [verdict(true), verdict(true, { signal: "errors" })], { rule, at: "1" }).alarms;
  const { alarms, alerts } = judged(before, [verdict(true)], { rule, at: "2" });
  expect(alerts).toMatchObject([{ signal: "data.length", state: "open" }]);
  expect(alarms.find(({ signal }) => signal === "errors")).toMatchObject({ recent: [true], open_since: null });
});

test("what is over for another reason is told with it, and the rest is kept", () => {
  const both = [verdict(true), verdict(true, { signal: "errors" })];
  const first = judged([], both, { rule, at: "1" }).alarms;
  const { alarms, alerts } = withdrawn(judged(first, both, { rule, at: "2" }).alarms, (signal) =>
    signal === "errors" ? undefined : "another model",
  );
  expect(alarms).toMatchObject([{ signal: "errors", open_since: "2" }]);
  expect(alerts).toMatchObject([{ signal: "data.length", state: "recovered", message: "data.length: another model" }]);
});
