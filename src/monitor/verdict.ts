/** What each signal of a window says: all is well, something is wrong, or nothing can be told. Pure. */

import type { Drift, FeatureWindow, LabelWindow, MonitoringWindow, Severity } from "../core/monitoring.ts";
import type { MonitorPolicy } from "../core/monitored.ts";
import { chiSquareCritical } from "./statistic.ts";

export interface Verdict {
  readonly signal: string;
  /** Undefined where nothing can be told. */
  readonly isWrong: boolean | undefined;
  readonly severity: Severity;
  /** What is wrong, with its figures. */
  readonly message: string;
}

/** Fewer labels, or requests, say nothing. */
const ENOUGH_LABELS = 30;
const ENOUGH_REQUESTS = 20;

export function verdictsOn(
  window: MonitoringWindow,
  policy: Pick<MonitorPolicy, "errorRate" | "latencySeconds">,
): readonly Verdict[] {
  const { data, model, system } = window;
  return [
    ...data.features.flatMap((feature) => [...valuesOf(feature), ...missingOf(feature)]),
    ...(model.prediction.histogram === null ? [] : [drifted("prediction", "the predictions", model.prediction)]),
    ...labelsOf(model.labels, data.level),
    ...(system === null ? [] : [...errorsOf(system, policy), ...latencyOf(system, policy)]),
  ];
}

const valuesOf = (feature: FeatureWindow): readonly Verdict[] =>
  feature.histogram === null ? [] : [drifted(`data.${feature.name}`, feature.name, feature)];

function drifted(signal: string, name: string, { psi, psi_critical, chi2, chi2_critical, severity }: Drift): Verdict {
  const figures =
    chi2 === null
      ? `PSI ${short(psi)}, by chance at most ${short(psi_critical)}`
      : `χ² ${short(chi2)}, by chance at most ${short(chi2_critical)}; PSI ${short(psi)}`;
  return {
    signal,
    isWrong: psi === null ? undefined : severity !== null,
    severity: severity ?? "slight",
    message: `${name}: another distribution than in training (${figures})`,
  };
}

function missingOf({ name, missing_rate, missing_rate_reference, missing_differs }: FeatureWindow): readonly Verdict[] {
  if (missing_rate_reference === null) return [];
  const apart = Math.abs((missing_rate ?? 0) - missing_rate_reference);
  return [
    {
      signal: `missing.${name}`,
      isWrong: missing_differs ?? undefined,
      severity: gradeOf(apart, [0.05, 0.2]),
      message: `${name}: ${percent(missing_rate)} of the rows lack it, ${percent(missing_rate_reference)} in training`,
    },
  ];
}

/** Worse than the hold-out was beyond chance, as the spread of these squared errors has it: a one-sided z-test of their mean. */
function labelsOf({ rmse, rmse_reference, moments }: LabelWindow, level: number): readonly Verdict[] {
  if (rmse === null || rmse_reference === null) return [];
  const { numbers, square_error_mean, square_error_spread } = moments;
  const errorOfMean = Math.sqrt(square_error_spread / (numbers * Math.max(numbers - 1, 1)));
  // The square of a normal quantile is one of χ² with one degree of freedom, of both tails.
  const beyond = Math.sqrt(chiSquareCritical(1, 2 * level)) * errorOfMean;
  return [
    {
      signal: "labels",
      isWrong: numbers < ENOUGH_LABELS ? undefined : square_error_mean - rmse_reference ** 2 > beyond,
      severity: gradeOf(rmse / rmse_reference, [1.25, 2]),
      message: `the error grew: RMSE ${short(rmse)} over ${numbers} labels, ${short(rmse_reference)} when the model was made`,
    },
  ];
}

type System = NonNullable<MonitoringWindow["system"]>;

const errorsOf = (
  { requests, server_errors, error_rate }: System,
  { errorRate }: Pick<MonitorPolicy, "errorRate">,
): readonly Verdict[] => [
  {
    signal: "errors",
    isWrong: requests < ENOUGH_REQUESTS ? undefined : (error_rate ?? 0) > errorRate,
    severity: gradeOf(error_rate ?? 0, [0.1, 0.5]),
    message: `${server_errors} of ${requests} requests failed (${percent(error_rate)}, allowed are ${percent(errorRate)})`,
  },
];

function latencyOf(
  { requests, latency_seconds_p99 }: System,
  { latencySeconds }: Pick<MonitorPolicy, "latencySeconds">,
): readonly Verdict[] {
  if (latencySeconds === undefined) return [];
  return [
    {
      signal: "latency",
      isWrong: requests < ENOUGH_REQUESTS ? undefined : (latency_seconds_p99 ?? 0) > latencySeconds,
      severity: gradeOf((latency_seconds_p99 ?? 0) / latencySeconds, [2, 5]),
      message: `one of a hundred requests takes longer than ${short(latency_seconds_p99)} s, allowed are ${short(latencySeconds)} s`,
    },
  ];
}

const gradeOf = (value: number, [moderate, strong]: readonly [number, number]): Severity => {
  if (value >= strong) return "strong";
  return value >= moderate ? "moderate" : "slight";
};

const short = (value: number | null): string => (value === null ? "unknown" : String(Number(value.toPrecision(3))));
const percent = (share: number | null): string => (share === null ? "unknown" : `${short(share * 100)} %`);
