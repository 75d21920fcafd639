/** When an alarm opens and when it closes: not at every window that looks odd, and once for each episode. Pure. */

import type { AlarmState, MonitoringAlert } from "../core/monitoring.ts";
import type { Verdict } from "./verdict.ts";

export interface AlarmRule {
  /** It opens once so many of the last windows that could tell were wrong. */
  readonly wrong: number;
  readonly of: number;
}

export interface Judged {
  readonly alarms: readonly AlarmState[];
  readonly alerts: readonly MonitoringAlert[];
}

/**
 *     closed ─ `wrong` of the last `of` windows were wrong ─► open ─ none of the last `of` was ─► closed
 *
 * A window that cannot tell changes nothing.
 */
export function judged(
  before: readonly AlarmState[],
  verdicts: readonly Verdict[],
  { rule, at }: { readonly rule: AlarmRule; readonly at: string | null },
): Judged {
  const known = new Map(before.map((each) => [each.signal, each]));
  const each = verdicts.map((verdict) =>
    stepOf(known.get(verdict.signal) ?? closed(verdict.signal), verdict, { rule, at }),
  );
  const told = new Set(verdicts.map(({ signal }) => signal));
  const silent = before.filter(
    ({ signal, open_since, recent }) => !told.has(signal) && (open_since !== null || recent.length > 0),
  );
  return {
    alarms: [...each.map(({ alarm }) => alarm).filter(({ recent }) => recent.length > 0), ...silent],
    alerts: each.flatMap(({ alert }) => (alert === undefined ? [] : [alert])),
  };
}

const closed = (signal: string): AlarmState => ({ signal, recent: [], open_since: null, severity: null });

interface Step {
  readonly alarm: AlarmState;
  readonly alert: MonitoringAlert | undefined;
}

function stepOf(
  before: AlarmState,
  { signal, isWrong, severity, message }: Verdict,
  { rule, at }: { readonly rule: AlarmRule; readonly at: string | null },
): Step {
  if (isWrong === undefined) return { alarm: before, alert: undefined };
  const recent = [...before.recent, isWrong].slice(-rule.of);
  const wrong = recent.filter(Boolean).length;
  if (before.severity === null) {
    if (wrong < rule.wrong) return { alarm: { ...before, recent }, alert: undefined };
    const alarm = { signal, recent, open_since: at, severity };
    return { alarm, alert: { signal, state: "open", severity, message } };
  }
  if (recent.length === rule.of && wrong === 0)
    return {
      alarm: { signal, recent, open_since: null, severity: null },
      alert: { signal, state: "recovered", severity: before.severity, message: `${signal}: as in training again` },
    };
  // An episode is told once, and is as bad as it ever was.
  return {
    alarm: { ...before, recent, severity: isWrong ? worse(before.severity, severity) : before.severity },
    alert: undefined,
  };
}

const GRADES = ["slight", "moderate", "strong"] as const;
const worse = (one: (typeof GRADES)[number], other: (typeof GRADES)[number]): (typeof GRADES)[number] =>
  GRADES.indexOf(other) > GRADES.indexOf(one) ? other : one;

/** Without those that are over for another reason than what windows show, which `why` gives; the rest is kept. */
export function withdrawn(before: readonly AlarmState[], why: (signal: string) => string | undefined): Judged {
  return {
    alarms: before.filter(({ signal }) => why(signal) === undefined),
    alerts: before.flatMap(({ signal, severity }) => {
      const reason = why(signal);
      if (reason === undefined || severity === null) return [];
      return [{ signal, state: "recovered" as const, severity, message: `${signal}: ${reason}` }];
    }),
  };
}

/** True for what another model has nothing to do with. */
export const isOfService = (signal: string): boolean => signal === "errors" || signal === "latency";
