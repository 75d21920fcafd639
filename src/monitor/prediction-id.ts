/**
 * The id that a prediction is given, by which what came true is told later: it holds what was predicted, when and by
 * which model, so that nothing has to be kept until then, which may be weeks. It may stand in a URL as it is. Pure.
 */

/** What an id says: the first digits of the model's digest, milliseconds since 1970-01-01 UTC, and the prediction. */
export interface Predicted {
  readonly version: string;
  readonly atMs: number;
  readonly prediction: number | string;
}

/** As many as a small integer of the engine may be. */
const LOTS = 1e9;

/** Marks a text, which is written in base64. */
const TEXT = "~";

/** So that an id is as short as a client may send one. */
const LONGEST_TEXT = 200;
const LONGEST_ID = 1_000;

/** No two are the same: equal rows of one request have an id each. Undefined for a text that is too long for one. */
export function predictionId({ version, atMs, prediction }: Predicted): string | undefined {
  if (typeof prediction === "string" && prediction.length > LONGEST_TEXT) return undefined;
  // In decimals, which the engine writes several times faster than any shorter form.
  const lot = Math.floor(Math.random() * LOTS);
  const said = typeof prediction === "number" ? prediction : `${TEXT}${Buffer.from(prediction).toString("base64url")}`;
  return `${version}.${atMs}.${lot}.${said}`;
}

const PATTERN = /^([0-9a-f]{12})\.(\d{1,16})\.\d{1,9}\.(-?\d[\de.+-]*|~[\w-]*)$/;

/** Undefined for a text that is no such id. */
export function readPredictionId(id: string): Predicted | undefined {
  if (id.length > LONGEST_ID) return undefined;
  const [, version = "", at = "", said = ""] = PATTERN.exec(id) ?? [];
  const prediction = said.startsWith(TEXT) ? Buffer.from(said.slice(1), "base64url").toString() : numberOf(said);
  const atMs = Number(at);
  if (prediction === undefined || !Number.isSafeInteger(atMs)) return undefined;
  return { version, atMs, prediction };
}

function numberOf(text: string): number | undefined {
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
