/** What `version.json` says, where it says all that a version needs: a person may have edited it, or a merge. Pure. */

import { VERSION_FORMAT, type ModelVersion } from "./model-version.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Undefined where the text is no whole record of this format. */
export function recordIn(text: string): ModelVersion | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is ModelVersion {
  if (!isFields(value)) return false;
  const { format, digest, model, atMs, liveMs, files, figures, waiting, mark } = value;
  return (
    format === VERSION_FORMAT &&
    areTexts([digest, model]) &&
    /^[0-9a-f]{64}$/.test(digest as string) &&
    isTime(atMs) &&
    (liveMs === undefined || isTime(liveMs)) &&
    Array.isArray(files) &&
    files.length > 0 &&
    files.every(isFile) &&
    isFields(figures) &&
    Object.values(figures).every(Number.isFinite) &&
    (waiting === undefined || isWaiting(waiting)) &&
    (mark === undefined || isMark(mark))
  );
}

const isFile = (value: unknown): boolean =>
  isFields(value) &&
  areTexts([value["path"], value["step"], value["digest"]]) &&
  ["string", "undefined"].includes(typeof value["sha256"]);

const isWaiting = (value: unknown): boolean => {
  if (!isFields(value) || !isFields(value["trace"])) return false;
  const { problem, gate } = value;
  const { step, fingerprint, inputs, discovered, outputs, startedMs, durationMs } = value["trace"];
  const isStates = (states: unknown): boolean =>
    Array.isArray(states) && states.every((state) => isFields(state) && areTexts([state["path"], state["digest"]]));
  return (
    areTexts([problem, gate, step, fingerprint]) &&
    [inputs, discovered, outputs].every(isStates) &&
    [startedMs, durationMs].every(Number.isFinite)
  );
};

const isMark = (value: unknown): boolean =>
  isFields(value) &&
  ["healthy", "rejected"].includes(value["status"] as string) &&
  areTexts([value["reason"], value["who"]]) &&
  isTime(value["atMs"]);

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const areTexts = (values: readonly unknown[]): boolean => values.every((value) => typeof value === "string");

const isTime = (value: unknown): boolean => typeof value === "number" && !Number.isNaN(new Date(value).getTime());
