/** Tries a model before it is put in service: its own golden rows, those of the model before, and what clients send. Pure. */

import { shortDigest } from "../core/model-version.ts";
import type { Row } from "../model/schema.ts";
import type { Refusal, RefusalCode } from "./refusal.ts";
import type { InputColumn, OutputColumn, Served, ServedGolden, ServedPrediction } from "./served.ts";

/** Why the model is not fit for service; undefined where it is. `live` is the one that it would take the place of. */
export async function rehearse(candidate: Served, live: Served | undefined): Promise<Refusal | undefined> {
  const refused = (code: RefusalCode, message: string): Refusal => ({ code, message, digest: candidate.digest });
  const changed = live && schemaProblem(live, candidate);
  if (changed !== undefined) return refused("schema-changed", changed);
  const wrong = await goldenProblem(candidate);
  if (wrong !== undefined) return refused("golden-row", wrong);
  const strange = live && (await strangeProblem(candidate, live));
  return strange === undefined ? undefined : refused("out-of-range", strange);
}

/** Why a client of the one model could not go on with the other. */
function schemaProblem({ schema: before }: Served, { schema: after }: Served): string | undefined {
  for (const column of after.inputs) {
    const known = before.inputs.find(({ name }) => name === column.name);
    if (known === undefined) return `it needs ${column.name}, which no client sends`;
    const problem = columnProblem(known, column);
    if (problem !== undefined) return `${column.name} ${problem}`;
  }
  return outputProblem(before.output, after.output);
}

function columnProblem(before: InputColumn, after: InputColumn): string | undefined {
  if (!ACCEPTS[after.type].includes(before.type)) return `is of the type ${after.type}, and was ${before.type}`;
  if (before.isNullable && !after.isNullable) return "may not be missing any more";
  const lost = before.categories?.filter((category) => after.categories?.includes(category) === false) ?? [];
  if (lost.length > 0) return `no longer has the category ${lost.slice(0, MOST_SHOWN).join(", ")}`;
  return undefined;
}

const MOST_SHOWN = 10;

/** What a column of a type takes without a client's noticing. */
const ACCEPTS: Readonly<Record<InputColumn["type"], readonly InputColumn["type"][]>> = {
  number: ["number", "integer"],
  integer: ["integer"],
  category: ["category"],
  text: ["text", "category"],
};

function outputProblem(before: OutputColumn, after: OutputColumn): string | undefined {
  if (before.name !== after.name) return `it predicts ${after.name}, and the model before ${before.name}`;
  const shapeOf = ({ type, length }: OutputColumn): string => (length === undefined ? type : `${length} numbers`);
  return shapeOf(before) === shapeOf(after) ? undefined : `it predicts ${shapeOf(after)}, and was ${shapeOf(before)}`;
}

async function goldenProblem(candidate: Served): Promise<string | undefined> {
  const predictions = await predicted(
    candidate,
    candidate.golden.map(({ row }) => row),
  );
  if (typeof predictions === "string") return `its golden rows: ${predictions}`;
  const wrong = candidate.golden.findIndex(({ prediction }, at) => !isSame(predictions[at], prediction));
  if (wrong < 0) return undefined;
  const { prediction } = candidate.golden[wrong] as ServedGolden;
  return `golden row ${wrong + 1} gives ${shown(predictions[wrong])}, and gave ${shown(prediction)} when the model was made`;
}

/** Its golden rows have been tried; those of the model before come from another time. */
async function strangeProblem(candidate: Served, live: Served): Promise<string | undefined> {
  const places = candidate.schema.inputs.map(({ name }) => live.schema.inputs.findIndex((each) => each.name === name));
  const rows = live.golden.map(({ row }): Row => places.map((place) => row[place] ?? null));
  const predictions = await predicted(candidate, rows);
  const of = `for the golden rows of ${shortDigest(live.digest)}`;
  if (typeof predictions === "string") return `${of}: ${predictions}`;
  for (const { range } of [candidate.schema.output, live.schema.output]) {
    if (range === undefined) continue;
    const [least, greatest] = widened(range);
    const at = predictions.findIndex((each) => numbersIn(each).some((value) => value < least || value > greatest));
    if (at >= 0)
      return `golden row ${at + 1} of ${shortDigest(live.digest)} gives ${shown(predictions[at])}, far outside of what training saw (${range.join(" to ")})`;
  }
  return undefined;
}

/** By half of its width at either end. */
function widened([least, greatest]: readonly [number, number]): readonly [number, number] {
  const margin = (greatest - least) / 2;
  return [least - margin, greatest + margin];
}

/** One finite prediction a row, or why there is none. */
async function predicted(served: Served, rows: readonly Row[]): Promise<readonly ServedPrediction[] | string> {
  if (rows.length === 0) return [];
  try {
    const predictions = await served.predict(rows);
    return predictionsProblem(served, predictions, rows.length) ?? predictions;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is wrong with the answers of a model; undefined where they are as its schema says. */
export function predictionsProblem(
  { schema: { output } }: Served,
  predictions: readonly ServedPrediction[],
  rowCount: number,
): string | undefined {
  if (!Array.isArray(predictions) || predictions.length !== rowCount)
    return `it gives ${Array.isArray(predictions) ? predictions.length : "no"} predictions for ${rowCount} rows`;
  const at = predictions.findIndex((each) => !isOf(output, each));
  return at < 0 ? undefined : `it gives ${shown(predictions[at])} for row ${at + 1}`;
}

function isOf({ type, length }: OutputColumn, prediction: ServedPrediction): boolean {
  if (length !== undefined)
    return Array.isArray(prediction) && prediction.length === length && prediction.every(Number.isFinite);
  return type === "text" ? typeof prediction === "string" : Number.isFinite(prediction);
}

const numbersIn = (prediction: ServedPrediction): readonly number[] =>
  typeof prediction === "number" ? [prediction] : typeof prediction === "string" ? [] : prediction;

/** Relative: what a processor may round otherwise than the one that trained it. */
const TOLERANCE = 1e-9;

function isSame(found: ServedPrediction | undefined, expected: ServedPrediction): boolean {
  if (typeof expected === "string" || typeof found === "string" || found === undefined) return found === expected;
  const [numbers, others] = [numbersIn(found), numbersIn(expected)];
  return (
    numbers.length === others.length &&
    numbers.every(
      (value, at) => Math.abs(value - (others[at] ?? NaN)) <= TOLERANCE * Math.max(1, Math.abs(others[at] ?? 0)),
    )
  );
}

const LONGEST_SHOWN = 40;

const shown = (prediction: ServedPrediction | undefined): string =>
  (JSON.stringify(prediction) ?? String(prediction)).slice(0, LONGEST_SHOWN);
