/** Runs an action as the engine would, but in a temporary folder and with what it says kept. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Action } from "pipefile";
import type { Schema } from "pipefile/model";
import clean from "../../rules/clean.ts";
import ingest from "../../rules/ingest.ts";
import propose from "../../rules/propose.ts";
import { penguins } from "../../rules/schema.ts";
import serialize from "../../rules/serialize.ts";
import train from "../../rules/train.ts";
import type { PathsByName } from "../../src/core/rule.ts";
import { temporaryFolder } from "../rig/project.ts";

export const SOURCE = resolve(import.meta.dirname, "../../data/source/penguins.csv");
export const HEADER = "species,island,beak_length_mm,beak_depth_mm,flipper_length_mm,body_mass_g,sex";
export const INGEST_PARAMS = { rows: 0, seed: 1, schema: penguins };
export const CLEAN_PARAMS = { schema: penguins, maxRejectRate: 0.01, maxNullRate: 0.2 };
export const TRAIN_PARAMS = { target: "body_mass_g", seed: 7, holdout: 0.25, ridge: 0, batchRows: 65_536 };
export const SERIALIZE_PARAMS = { format: "plain", sklearnVersion: "1.2.1" };
/** The penguins schema as clean writes it. */
/** The schema as clean hands it on. */
export const schemaFileOf = ({ columns }: Schema): string => fileOf(JSON.stringify({ columns }));

type ByName = Readonly<Record<string, string>>;

export interface Ran {
  readonly log: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  /** Of what stood there before. */
  readonly rescored: Readonly<Record<string, number>>;
  /** What it said of how far it was: done, of a total. */
  readonly progress: readonly (readonly [done: number, total: number])[];
  /** The folder that it may put things aside in. */
  readonly scratch: string;
  /** The absolute path of an output. */
  readonly at: (output: string) => string;
  readonly text: (output: string) => string;
  readonly bytes: (output: string) => Buffer;
}

/** Runs it once: `outputs` are declared paths, staged in a folder that is gone when the test ends. */
export async function run<I extends PathsByName, O extends PathsByName, P>(
  action: Action<I, O, P>,
  { inputs, outputs, params }: { readonly inputs: I; readonly outputs: O & ByName; readonly params?: P },
): Promise<Ran> {
  const folder = temporaryFolder();
  const staged = Object.fromEntries(Object.entries<string>(outputs).map(([name, path]) => [name, join(folder, path)]));
  for (const path of Object.values(staged)) mkdirSync(dirname(path), { recursive: true });
  const scratch = temporaryFolder();
  const log: string[] = [];
  const metrics: Record<string, number> = {};
  const rescored: Record<string, number> = {};
  const progress: [number, number][] = [];
  await action({
    inputs,
    outputs: staged as O,
    artifacts: outputs,
    previous: {} as { readonly [K in keyof O]: undefined },
    params: params as P,
    wildcards: {},
    scratch,
    log: (message) => void log.push(message),
    metric: (name, value, about) => void ((about?.of === "previous" ? rescored : metrics)[name] = value),
    progress: (done, total) => void progress.push([done, total]),
    depend: () => Promise.resolve(true),
    signal: new AbortController().signal,
  });
  const at = (output: string): string => {
    const path = staged[output];
    if (path === undefined || !existsSync(path)) throw new Error(`the action made no '${output}'`);
    return path;
  };
  return {
    log,
    metrics,
    rescored,
    progress,
    scratch,
    at,
    text: (output) => readFileSync(at(output), "utf8"),
    bytes: (output) => readFileSync(at(output)),
  };
}

/** A file of this text in a temporary folder. */
export function fileOf(text: string): string {
  const path = join(temporaryFolder(), "table.csv");
  writeFileSync(path, text);
  return path;
}

export const runIngest = (source: string, params: Partial<typeof INGEST_PARAMS> = {}): Promise<Ran> =>
  run(ingest, { inputs: { source }, outputs: { raw: "data/raw.csv" }, params: { ...INGEST_PARAMS, ...params } });

export const runPropose = (raw: string, params = { sampleRows: 10_000 }): Promise<Ran> =>
  run(propose, { inputs: { raw }, outputs: { schema: "reports/schema.proposed.json" }, params });

export const runClean = (raw: string, params: Partial<typeof CLEAN_PARAMS> = {}): Promise<Ran> =>
  run(clean, {
    inputs: { raw },
    outputs: {
      rows: "data/clean.csv",
      schema: "data/schema.json",
      rejects: "reports/rejects.csv",
      report: "reports/clean.json",
    },
    params: { ...CLEAN_PARAMS, ...params },
  });

export const runTrain = (
  rows: string,
  params: Partial<typeof TRAIN_PARAMS> = {},
  schema: Schema = penguins,
): Promise<Ran> =>
  run(train, {
    inputs: { rows, schema: schemaFileOf(schema) },
    outputs: { model: "model/model.bin", metrics: "reports/metrics.json", evaluation: "reports/evaluation.json" },
    params: { ...TRAIN_PARAMS, ...params },
  });

export const runSerialize = (model: string, params: Partial<typeof SERIALIZE_PARAMS> = {}): Promise<Ran> =>
  run(serialize, {
    inputs: { model },
    outputs: { pickle: "model/model.pkl", checksum: "model/checksum.txt" },
    params: { ...SERIALIZE_PARAMS, ...params },
  });

/** The whole pipeline on the real penguins. */
export async function runAll(): Promise<Readonly<Record<"ingest" | "clean" | "train" | "serialize", Ran>>> {
  const ingested = await runIngest(SOURCE);
  const cleaned = await runClean(ingested.at("raw"));
  const trained = await runTrain(cleaned.at("rows"));
  const serialized = await runSerialize(trained.at("model"));
  return { ingest: ingested, clean: cleaned, train: trained, serialize: serialized };
}
