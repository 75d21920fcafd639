/** The gate before a model goes live: whether a new one is good enough, by a metric of it and of the live one. Pure. */

import { badRule } from "./error.ts";
import type { RuleDeclaration } from "./rule.ts";
import { shown } from "./shown.ts";

/**
 * What a Pipefile says of it. A new model goes live where its metric is within the bound, *or* where it is no worse than
 * the live model's by more than a share; without a live model the bound alone counts.
 */
export interface Promotion {
  /** A figure of the rule's output `metrics`, a JSON file: a key, or keys joined by dots, such as `model.rmse`. */
  readonly metric: string;
  /** Lower is better, and this is still good enough. */
  readonly max?: number;
  /** Higher is better, and this is still good enough. */
  readonly min?: number;
  /** The share of the live model's figure by which a new one may be worse: 0.05 is 5 %. */
  readonly orNoWorseThan?: number;
  /** Where neither `max` nor `min` says it; `lower` where nothing does. */
  readonly better?: "lower" | "higher";
}

/** The same, checked. */
export interface Gate {
  readonly metric: string;
  readonly bound: number | undefined;
  readonly share: number | undefined;
  readonly better: "lower" | "higher";
}

const DIRECTIONS: readonly unknown[] = ["lower", "higher"];
const FIELDS = ["metric", "max", "min", "orNoWorseThan", "better"];

export function gateOf(rule: string, declared: Partial<RuleDeclaration>): Gate | undefined {
  const { promote } = declared;
  if (promote === undefined) return undefined;
  const refuse = (problem: string, hint: string): never => {
    throw badRule({ rule, problem: `has a promote ${problem}`, hint });
  };
  const unknown = Object.keys(promote).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) refuse(`with '${unknown}'`, `it has ${FIELDS.join(", ")}`);
  const { metric, max, min, orNoWorseThan: share, better } = promote;
  if (typeof metric !== "string" || metric === "") refuse("without a metric", 'such as { metric: "rmse", max: 400 }');
  for (const [name, value] of Object.entries({ max, min, orNoWorseThan: share }))
    if (value !== undefined && !Number.isFinite(value)) refuse(`whose ${name} is no number`, "such as 0.05");
  if (max !== undefined && min !== undefined) refuse("with max and min", "max where lower is better, else min");
  if (share !== undefined && share < 0) refuse(`whose orNoWorseThan is ${share}`, "a share of 0 or more: 0.05 is 5 %");
  if (max === undefined && min === undefined && share === undefined)
    refuse("that lets everything through", "give it a max, a min, or an orNoWorseThan");
  if (better !== undefined && !DIRECTIONS.includes(better))
    refuse(`whose better is '${shown(better)}'`, '"lower" or "higher"');
  const said = max !== undefined ? "lower" : min !== undefined ? "higher" : (better ?? "lower");
  if (better !== undefined && better !== said) refuse(`where ${better} is better`, "max: lower is; min: higher is");
  if (declared.outputs?.["metrics"] === undefined)
    refuse("but no output 'metrics'", "the gate reads the metric from it: a JSON file");
  return { metric, bound: max ?? min, share, better: said };
}

/** What a model's metrics file says. */
export interface Figure {
  readonly value: number;
  /** What the figure was measured on, where the file tells: its `holdout.digest`. */
  readonly holdout: string | undefined;
}

/** What the gate looks at. */
export interface Comparison {
  readonly candidate: Figure;
  /** Of the live model; `unknown` where its metrics file does not say. */
  readonly live: Figure | "none" | "unknown";
  /** The live model's figure on what the candidate was measured on, where its action scored it again. */
  readonly rescored: number | undefined;
}

export type Verdict =
  | { readonly isGood: true }
  | { readonly isGood: false; readonly problem: string }
  /** The two were measured on other rows, and nobody scored the live one again. */
  | { readonly isGood: undefined; readonly problem: string };

export function verdictOf(gate: Gate, { candidate, live, rescored }: Comparison): Verdict {
  const { metric, bound, share } = gate;
  const { value } = candidate;
  if (bound !== undefined && !isWorse(gate, value, bound)) return GOOD;
  const told = `${metric} is ${rounded(value)}${bound === undefined ? "" : `, ${limitWord(gate)} ${bound}`}`;
  if (live === "none" || share === undefined) return bound === undefined ? GOOD : { isGood: false, problem: told };
  const isSame = live !== "unknown" && live.holdout === candidate.holdout;
  const before = isSame ? live.value : rescored;
  if (before === undefined)
    return {
      isGood: undefined,
      problem:
        live === "unknown"
          ? `${told}; how the live model does is not known: its metrics file does not say`
          : `${told}; how the live model does on the same rows is not known: it was measured on others`,
    };
  const allowed = gate.better === "lower" ? before + share * Math.abs(before) : before - share * Math.abs(before);
  if (!isWorse(gate, value, allowed)) return GOOD;
  const on = isSame ? "" : " on the same rows";
  return {
    isGood: false,
    problem: `${told}${bound === undefined ? "," : " and"} worse than the live model's ${rounded(before)}${on} by more than ${rounded(100 * share)} %`,
  };
}

const GOOD = { isGood: true } as const;

const isWorse = ({ better }: Gate, value: number, than: number): boolean =>
  better === "lower" ? value > than : value < than;

const limitWord = ({ better }: Gate): string => (better === "lower" ? "above" : "below");

const rounded = (value: number): string => String(Number(value.toPrecision(6)));

/** The figure that a metrics file gives; or what is wrong with the file, in words that follow its path. */
export function figureIn(text: string, metric: string): Figure | { readonly problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { problem: `is no JSON: ${(error as Error).message}` };
  }
  const value = valueAt(parsed, [metric]) ?? valueAt(parsed, metric.split("."));
  if (typeof value !== "number" || !Number.isFinite(value)) return { problem: `has no finite number '${metric}'` };
  const holdout = valueAt(parsed, ["holdout", "digest"]);
  return { value, holdout: typeof holdout === "string" ? holdout : undefined };
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

/** The figures that stand at the top of a metrics file, for a list of versions; none where it is no such file. */
export function figuresIn(text: string): Readonly<Record<string, number>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return {};
    const numbers = Object.entries(parsed).filter(([, value]) => Number.isFinite(value));
    return Object.fromEntries(numbers);
  } catch {
    return {};
  }
}
