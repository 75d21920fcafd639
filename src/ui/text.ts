/** What a build looks like on a plain terminal or in a log: a block for each step that did not stay as it was. */

import type {
  BuildEvent,
  BuildFinished,
  Emit,
  ModelDeployed,
  OutputMade,
  StepBuilt,
  StepRetrying,
  StepFailed,
  StepFresh,
  StepHeld,
  StepMetric,
  StepPlanned,
  StepRestored,
  StepSkipped,
  StepStarted,
  Warning,
} from "../core/event.ts";
import { shortDigest } from "../core/model-version.ts";
import { noteText } from "../core/override.ts";
import type { Reason } from "../core/staleness.ts";
import { deployedText } from "./deployed.ts";
import { formatDuration, formatMetric, formatSize, someOf } from "./format.ts";
import type { Paint, Style } from "./paint.ts";
import { heldText, planText } from "./plan.ts";
import { reasonText, shortReasons } from "./reason.ts";

export interface TextOptions {
  /** The course of the build. */
  readonly out: (text: string) => void;
  /** Failures and warnings. */
  readonly err: (text: string) => void;
  readonly paint: Paint;
  readonly errPaint: Paint;
  /** `failures` is --quiet, `everything` is --explain: all reasons in full, and the fresh steps too. */
  readonly show: "failures" | "work" | "everything";
}

export function textReporter(options: TextOptions): Emit {
  const metrics = new Map<string, readonly StepMetric[]>();
  const lines = new Lines(options);
  return (event: BuildEvent) => {
    switch (event.type) {
      case "step-metric":
        metrics.set(event.step, [...(metrics.get(event.step) ?? []), event]);
        return;
      case "step-started":
        metrics.delete(event.step);
        return lines.started(event);
      case "step-retrying":
        return lines.retrying(event);
      case "step-built":
        lines.built(event, metrics.get(event.step) ?? []);
        metrics.delete(event.step);
        return;
      case "step-restored":
        return lines.restored(event);
      case "step-held":
        metrics.delete(event.step);
        return lines.heldBack(event);
      case "step-failed":
        return lines.failed(event);
      case "step-skipped":
        return lines.skipped(event);
      case "step-fresh":
        return lines.fresh(event);
      case "step-planned":
        return lines.planned(event);
      case "warning":
        return lines.warning(event);
      case "build-finished":
        return lines.finished(event);
      case "model-deployed":
        return lines.deployed(event);
      case "build-started":
      case "step-logged":
      case "step-progress":
        return;
    }
  };
}

const INDENT = " ".repeat(10);

class Lines {
  readonly #options: TextOptions;
  readonly #skipped: string[] = [];

  constructor(options: TextOptions) {
    this.#options = options;
  }

  /** A line that starts with what happened, in a column of its own. */
  tell(word: string, style: Style, rest: string): void {
    if (this.#options.show === "failures") return;
    const { out, paint } = this.#options;
    out(`${paint(style, word.padEnd(INDENT.length))}${rest}\n`);
  }

  /** What a person decided is told each time, or it would be forgotten. */
  fresh(event: StepFresh): void {
    const { step, override } = event;
    if (override !== undefined) this.tell("fresh", "warn", `${step}, ${noteText(override)}`);
    else if (this.#options.show === "everything") this.tell("fresh", "faint", `${step}${byFallback(event)}`);
  }

  #detail(text: string): void {
    if (this.#options.show !== "failures") this.#options.out(`${INDENT}${text}\n`);
  }

  /** The step's own line, and in full the reasons below it. */
  #headed(word: string, style: Style, line: { readonly rest: string; readonly reasons: readonly Reason[] }): void {
    const isFull = this.#options.show === "everything";
    const why = isFull || line.reasons.length === 0 ? "" : `: ${shortReasons(line.reasons)}`;
    this.tell(word, style, `${line.rest}${why}`);
    if (isFull) for (const reason of line.reasons) this.#detail(`because ${reasonText(reason)}`);
  }

  started({ step, attempt }: StepStarted): void {
    if (attempt > 1) this.tell("again", "warn", `${step}, attempt ${attempt}`);
  }

  retrying({ step, kind, message, waitMs, isFallback }: StepRetrying): void {
    const wait = waitMs === 0 ? "at once" : `in ${formatDuration(waitMs)}`;
    const how = isFallback ? " with its fallback" : "";
    this.tell("retry", "warn", `${step} ${wait}${how}: ${kind === "error" ? "" : `${kind}, `}${message}`);
  }

  built(event: StepBuilt, metrics: readonly StepMetric[]): void {
    const { step, reasons, durationMs, attempts, outputs } = event;
    const tries = attempts > 1 ? `, ${attempts} attempts` : "";
    this.#headed("built", "good", {
      rest: `${step} in ${formatDuration(durationMs)}${tries}${byFallback(event)}`,
      reasons,
    });
    this.#outputs(outputs);
    this.#metrics("", metrics.filter(isOwn));
    this.#metrics(
      "the one before, on the same rows: ",
      metrics.filter((metric) => !isOwn(metric)),
    );
  }

  #metrics(head: string, metrics: readonly StepMetric[]): void {
    const figures = metrics.map(({ name, value }) => `${name} ${formatMetric(value)}`);
    if (figures.length > 0) this.#detail(`${head}${figures.join(", ")}`);
  }

  restored({ step, reasons, durationMs, outputs, override }: StepRestored): void {
    const note = override === undefined ? "" : `, ${noteText(override)}`;
    this.#headed("restored", "good", { rest: `${step} in ${formatDuration(durationMs)}${note}`, reasons });
    this.#outputs(outputs);
  }

  #outputs(outputs: readonly OutputMade[]): void {
    for (const { path, sizeBytes, changed } of outputs) {
      const size = path.endsWith("/") ? [] : [formatSize(sizeBytes)];
      const facts = [...size, ...(changed ? [] : ["unchanged"])];
      this.#detail(facts.length === 0 ? path : `${path} (${facts.join(", ")})`);
    }
  }

  heldBack({ step, problem, candidate, durationMs }: StepHeld): void {
    const { err, errPaint } = this.#options;
    const digest = shortDigest(candidate);
    const time = durationMs === undefined ? "" : ` after ${formatDuration(durationMs)}`;
    err(`${errPaint("bad", "held".padEnd(INDENT.length))}${step}${time}: ${problem}\n`);
    err(`${INDENT}what stood there stays, and candidate ${digest} waits\n`);
    err(`${INDENT}hint: pipe promote ${digest} --reason "…" lets it through, and so does: pipe build --accept\n`);
  }

  failed({ step, reasons, kind, message, hint, durationMs, log, tail }: StepFailed): void {
    const { err, errPaint } = this.#options;
    const why = reasons.length === 0 ? "" : ` (ran for: ${shortReasons(reasons)})`;
    err(`${errPaint("bad", "failed".padEnd(INDENT.length))}${step} after ${formatDuration(durationMs)}${why}\n`);
    err(`${INDENT}${kind}: ${message.replaceAll("\n", `\n${INDENT}`)}\n`);
    for (const line of tail) err(`${INDENT}${errPaint("faint", "|")} ${line}\n`);
    if (log !== "") err(`${INDENT}log: ${log}\n`);
    err(`${INDENT}hint: ${hint ?? "mend it and type the same command again: what was built stays built"}\n`);
  }

  planned(event: StepPlanned): void {
    const { out, paint, show } = this.#options;
    if (show !== "failures") out(planText(event, { paint, reasons: show === "everything" ? "full" : "short" }));
  }

  /** Told at the end, in one line: a failure near the sources may skip thousands. */
  skipped({ step, because }: StepSkipped): void {
    if (this.#options.show === "everything") this.tell("skipped", "warn", `${step}, because of ${because}`);
    else this.#skipped.push(step);
  }

  warning({ code, message, hint }: Warning): void {
    const { err, errPaint } = this.#options;
    err(`${errPaint("warn", `warning[${code}]`)}: ${message}\n${hint === undefined ? "" : `  hint: ${hint}\n`}`);
  }

  finished(event: BuildFinished): void {
    if (this.#skipped.length > 0) this.tell("skipped", "warn", someOf(this.#skipped, 5));
    if (this.#options.show !== "failures") this.#options.out(`${summaryOf(event)}\n`);
  }

  deployed(event: ModelDeployed): void {
    if (event.outcome === "live") return this.tell("live", "good", deployedText(event));
    const { err, errPaint } = this.#options;
    err(`${errPaint("bad", "refused".padEnd(INDENT.length))}${deployedText(event)}\n`);
  }
}

const isOwn = ({ of }: StepMetric): boolean => of === undefined;

const byFallback = ({ isFallback }: { readonly isFallback?: boolean }): string =>
  isFallback === true ? ", built with its fallback" : "";

function summaryOf(event: BuildFinished): string {
  const { built, restored, fresh, failed, skipped, held = 0, candidates = 0, durationMs, exitCode } = event;
  const interrupted = exitCode > 128;
  if (built + restored + failed + skipped + candidates === 0 && !interrupted) return `up to date${heldText(held)}`;
  const counts = [`${built} built`, `${restored} restored`, `${fresh} fresh`, `${failed} failed`];
  if (candidates > 0) counts.push(`${candidates} held back`);
  if (skipped > 0) counts.push(`${skipped} skipped`);
  return `${interrupted ? "interrupted: " : ""}${counts.join(", ")} in ${formatDuration(durationMs)}${heldText(held)}`;
}
