/**
 * A line of `reports/monitoring.jsonl`: what came in a span of time, and how that compares with training. The names are
 * those of the file, which data people read as a table. What is counted there can be added up: windows merge. Pure.
 */

/** What the fields of a line are; a reader refuses a greater one. */
export const MONITORING_VERSION = 1;

export interface MonitoringWindow {
  readonly v: typeof MONITORING_VERSION;
  readonly type: "window";
  /** Rows of a service, or of a table that was scored as a whole. */
  readonly source: "service" | "batch";
  /** ISO 8601, UTC; null for a table, which has no time of its own. */
  readonly from: string | null;
  readonly to: string | null;
  /** Why it ended there: enough rows, enough time, another model, or the end of the service or table. */
  readonly ended: "rows" | "time" | "model" | "end" | "merged";
  /** SHA-256 of the model's file, hex. */
  readonly model_digest: string;
  /** SHA-256 of what training saw, hex; null where the model does not say. */
  readonly reference_digest: string | null;
  readonly data: DataWindow;
  readonly model: { readonly prediction: PredictionWindow; readonly labels: LabelWindow };
  /** Null for a table. */
  readonly system: SystemWindow | null;
  readonly business: { readonly kpis: Readonly<Record<string, KpiWindow>> };
  /** False for what still came for an earlier model, or for one that was taken back at once: no matter for an alarm. */
  readonly judged: boolean;
  /** What was said at the end of this window. */
  readonly alerts: readonly MonitoringAlert[];
  /** What is known of alarms after this window. */
  readonly alarms: readonly AlarmState[];
  /** `alert` while an alarm is open; `insufficient` where too few rows came to say anything of the data. */
  readonly status: "ok" | "insufficient" | "alert";
}

/** The one that says how the model in service fares: what came later for an earlier model does not. Undefined without any. */
export const standingIn = (windows: readonly MonitoringWindow[]): MonitoringWindow | undefined =>
  windows.findLast(({ judged }) => judged) ?? windows.at(-1);

/** True where nothing but what comes after a prediction came, for a model that is in service no more. */
export const isLate = ({ judged, data, system }: MonitoringWindow): boolean =>
  !judged && data.rows === 0 && (system?.requests ?? 0) === 0;

/** How far two distributions are apart, as Siddiqi's rule of thumb grades a PSI: at 0.1 and at 0.25. */
export type Severity = "slight" | "moderate" | "strong";

/** Values in the bins that were frozen at training. */
export interface Histogram {
  /** Between the bins of numbers, rising: bin i holds what is greater than `edges[i - 1]` and at most `edges[i]`. */
  readonly edges?: readonly number[];
  /** Of categories, `counts[i]` belonging to `categories[i]`. */
  readonly categories?: readonly string[];
  readonly counts: readonly number[];
  /** Of the training rows. */
  readonly reference: readonly number[];
}

/** The figures are null where there is no reference, or too few rows. */
export interface Drift {
  /** Rows that have the value. */
  readonly n: number;
  readonly histogram: Histogram | null;
  /** Population stability index: Σ (q − p) ln(q / p) over the bins. */
  readonly psi: number | null;
  /** What it comes to without drift, by chance alone. */
  readonly psi_expected: number | null;
  /** What it exceeds without drift as seldom as the level says. */
  readonly psi_critical: number | null;
  /** Kolmogorov's distance as the bins show it; the true one is greater by `ks_resolution` at most. Null for categories. */
  readonly ks: number | null;
  readonly ks_resolution: number | null;
  /** Pearson's statistic of homogeneity over the categories, those that are new among them. Null for numbers. */
  readonly chi2: number | null;
  readonly chi2_critical: number | null;
  /** Null where nothing is to be said: no drift was found. */
  readonly severity: Severity | null;
}

export interface FeatureWindow extends Drift {
  readonly name: string;
  readonly type: "number" | "category" | "text";
  readonly missing: number;
  /** Of all rows. */
  readonly missing_rate: number | null;
  readonly missing_rate_reference: number | null;
  /** Of the training rows; null where there is no reference. */
  readonly missing_reference: number | null;
  /** Whether the share that lacks the value is another than in training, beyond chance; null where too few rows came. */
  readonly missing_differs: boolean | null;
  /** Categories that training never saw, also in rows that were refused for them. */
  readonly new_categories: number;
  /** Numbers below the least or above the greatest of training. */
  readonly out_of_range: number;
}

export interface DataWindow {
  /** That were predicted for. */
  readonly rows: number;
  /** In requests that were refused for what a row holds. */
  readonly refused_requests: number;
  /** How often a window without drift may raise an alarm, all its tests together. */
  readonly level: number;
  readonly tests: number;
  readonly features: readonly FeatureWindow[];
}

/** Predictions, in the target's unit. */
export interface PredictionWindow extends Drift {
  readonly least: number | null;
  readonly greatest: number | null;
  readonly p05: number | null;
  readonly p25: number | null;
  readonly p50: number | null;
  readonly p75: number | null;
  readonly p95: number | null;
  /** Of all predictions, base64: a DDSketch of a relative accuracy of 1 %. */
  readonly sketch: string | null;
}

/** Actual values that came for predictions, of this window or of an earlier one. */
export interface LabelWindow {
  readonly n: number;
  /** Of the rows of this window: above 1 where labels of earlier ones came. Null without rows. */
  readonly coverage: number | null;
  /** From the prediction to its label. */
  readonly lag_seconds_mean: number | null;
  readonly lag_seconds_max: number | null;
  /** In the target's unit, of numbers; null for texts. */
  readonly rmse: number | null;
  readonly mae: number | null;
  readonly r2: number | null;
  /** Share of texts that are right; null for numbers. */
  readonly accuracy: number | null;
  /** As it was measured when the model was made. */
  readonly rmse_reference: number | null;
  /** What the figures are made of. */
  readonly moments: LabelMoments;
}

/** Sums that can be added up. Means and spreads are those of Welford, merged as Chan, Golub and LeVeque do (1979). */
export interface LabelMoments {
  readonly n: number;
  /** How many of them are numbers. */
  readonly numbers: number;
  readonly right: number;
  readonly lag_seconds: number;
  readonly lag_seconds_max: number;
  readonly absolute_error: number;
  readonly square_error_mean: number;
  /** Σ (e² − mean of e²)². */
  readonly square_error_spread: number;
  readonly actual_mean: number;
  readonly actual_spread: number;
}

/** Of the requests that ask for predictions. */
export interface SystemWindow {
  readonly requests: number;
  /** Answered with 4xx, and with 5xx. */
  readonly client_errors: number;
  readonly server_errors: number;
  /** 5xx of all requests; null without any. */
  readonly error_rate: number | null;
  /** Told to come again, since too many were in flight; among the server errors too. */
  readonly shed: number;
  readonly latency_seconds_p50: number | null;
  readonly latency_seconds_p95: number | null;
  readonly latency_seconds_p99: number | null;
  readonly latency_seconds_max: number | null;
  /** Of all latencies in seconds, base64: a DDSketch of a relative accuracy of 1 %. */
  readonly latency_sketch: string | null;
  /** The most of any process. */
  readonly rss_bytes: number;
  readonly event_loop_lag_seconds_p99: number;
}

/** Figures of the business, in whatever unit they were sent. */
export interface KpiWindow {
  readonly n: number;
  readonly sum: number;
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

export interface MonitoringAlert {
  /** Such as `data.bill_length_mm`, `missing.sex`, `prediction`, `labels`, `errors`, `latency`. */
  readonly signal: string;
  /** An episode begins, and it ends. */
  readonly state: "open" | "recovered";
  readonly severity: Severity;
  readonly message: string;
}

/** What decides when an alarm opens and when it closes. */
export interface AlarmState {
  readonly signal: string;
  /** Of the windows that could tell, the last ones, the latest last. */
  readonly recent: readonly boolean[];
  /** When the episode began (ISO 8601, UTC); null where none is open. */
  readonly open_since: string | null;
  readonly severity: Severity | null;
}
