/** What a Pipefile says of its service, checked. Pure. */

import { artifactPath, isDirectory } from "./artifact.ts";
import { durationMs } from "./duration.ts";
import { badOption } from "./error.ts";
import { monitorPolicyOf, type MonitorPolicy } from "./monitored.ts";
import type { ServeOptions } from "./serving.ts";
import { shown } from "./shown.ts";

/** How long a new model is watched, and what it may not exceed. */
export interface ProbationPolicy {
  readonly minRequests: number;
  readonly timeMs: number;
  /** How many times as often it may fail, and as long it may take. */
  readonly factor: number;
}

export interface Serving {
  readonly model: string;
  readonly checksum: string;
  readonly name: string;
  readonly predictor: (() => Promise<unknown>) | undefined;
  readonly probation: ProbationPolicy;
  readonly monitor: MonitorPolicy;
}

const FIELDS = ["model", "checksum", "name", "predictor", "probation", "monitor"];
const PROBATION = ["minRequests", "time", "factor"];

export function servingOf(declared: ServeOptions | undefined): Serving | undefined {
  if (declared === undefined) return undefined;
  refuseUnknown(declared, FIELDS);
  const { model, checksum, predictor } = declared;
  const paths = { model: fileOf("model", model), checksum: fileOf("checksum", checksum) };
  if (paths.model === paths.checksum) throw refused(`one file, ${paths.model}, as the model and as its checksum`);
  if (predictor !== undefined && typeof predictor !== "function")
    throw refused('a predictor that is no () => import("./rules/predictor.ts")');
  const { name = nameOf(paths.model), probation = {}, monitor = {} } = declared;
  // A path of dots alone is another path to every client.
  if (typeof name !== "string" || !/^[\w.-]+$/.test(name) || /^\.+$/.test(name))
    throw refused(`the name '${shown(name)}': letters, digits, _ . - alone, in the option 'name'`);
  return { ...paths, name, predictor, probation: probationOf(probation), monitor: monitorPolicyOf(monitor) };
}

const refused = (problem: string): Error => badOption({ problem: `'serve' with ${problem}` });

function refuseUnknown(declared: object, known: readonly string[]): void {
  const unknown = Object.keys(declared).find((name) => !known.includes(name));
  if (unknown !== undefined) throw badOption({ problem: `'serve' with '${unknown}', which it has not`, known });
}

function fileOf(field: "model" | "checksum", path: unknown): string {
  if (typeof path !== "string" || path === "") throw refused(`no ${field}: a path such as "model/${EXAMPLE[field]}"`);
  const file = artifactPath(path, `pipeline(), 'serve.${field}'`);
  if (isDirectory(file)) throw refused(`the ${field} ${file}, which is a folder`);
  if (/[{}]/.test(file)) throw refused(`the ${field} ${file}, which has a wildcard: fill it, by .for({ … })`);
  return file;
}

const EXAMPLE = { model: "model.pkl", checksum: "checksum.txt" };

/** The file's name without its extension. */
const nameOf = (path: string): string => (path.split("/").at(-1) ?? "").replace(/(?<=.)\.[^.]*$/, "");

function probationOf(declared: NonNullable<ServeOptions["probation"]>): ProbationPolicy {
  if (typeof declared !== "object" || declared === null || Array.isArray(declared))
    throw refused("a probation that is no object");
  refuseUnknown(declared, PROBATION);
  const { minRequests = 100, time = "1m", factor = 2 } = declared;
  const timeMs = durationMs(time);
  if (!Number.isSafeInteger(minRequests) || minRequests < 1)
    throw refused(`a probation of ${shown(minRequests)} requests: a whole number from 1 up`);
  if (timeMs === undefined) throw refused(`a probation of the time '${shown(time)}': such as "10m"`);
  if (typeof factor !== "number" || !(factor > 1) || !Number.isFinite(factor))
    throw refused(`a probation with the factor ${shown(factor)}: a number above 1`);
  return { minRequests, timeMs, factor };
}
