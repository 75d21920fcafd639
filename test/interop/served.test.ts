/** A service answers as training and scikit-learn do, by each protocol that its clients may know; no Python runs for it. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { parse } from "csv-parse/sync";
import { afterEach, expect, test } from "vitest";
import { projectOf } from "../rig/project.ts";
import { referenceProject } from "../rig/reference.ts";
import { endServices, served } from "../rig/service.ts";

afterEach(endServices);

test("the reference pipeline's model predicts for raw rows what its score wrote, as JSON, CSV, tensors and frames", async () => {
  const project = referenceProject();
  await project.build();
  const bytes = readFileSync(project.at("reports/preds.parquet"));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const scored = (await parquetReadObjects({ file })).map(({ prediction }) => Number(prediction));
  const service = await served(project.root);
  const table = project.read("data/clean.csv");
  const texts = parse(table, { columns: true }) as readonly Record<string, string>[];
  const isNumber = (name: string): boolean => name.endsWith("_mm") || name.endsWith("_g");
  const cellOf = ([name, text]: readonly [string, string]): readonly [string, unknown] => [
    name,
    text === "" ? null : isNumber(name) ? Number(text) : text,
  ];
  const rows = texts.map((row) => Object.fromEntries(Object.entries(row).map(cellOf)));
  const names = Object.keys(rows[0] ?? {});
  const answers = async (path: string, body: unknown, type = "application/json"): Promise<unknown> => {
    const response = await fetch(`${service.url}${path}`, {
      method: "POST",
      headers: { "content-type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const { predictions, outputs } = (await response.json()) as {
      predictions?: unknown;
      outputs?: { data: unknown }[];
    };
    return predictions ?? outputs?.[0]?.data;
  };
  const data = rows.map((row) => names.map((name) => row[name]));
  expect(scored.length).toBe(rows.length);
  expect(await answers("/predict", rows)).toEqual(scored);
  expect(await answers("/predict", { columns: names, data })).toEqual(scored);
  expect(await answers("/predict", table, "text/csv")).toEqual(scored);
  expect(await answers("/invocations", { dataframe_split: { columns: names, data } })).toEqual(scored);
  expect(await answers("/invocations", { dataframe_records: rows })).toEqual(scored);
  const inputs = names
    .filter((name) => name !== "body_mass_g")
    .map((name) => ({
      name,
      shape: [rows.length, 1],
      datatype: isNumber(name) ? "FP64" : "BYTES",
      data: rows.map((row) => row[name]),
    }));
  expect(await answers("/v2/models/penguins/infer", { inputs })).toEqual(scored);
  const [one] = rows;
  expect((await service.post("/predict", one)).body).toMatchObject({ prediction: scored[0] });
});

const FIT = `
import json, pickle, sys
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rows = np.random.default_rng(7).normal(size=(200, 3))
labels = np.where(rows @ [1, -2, 0.5] > 0, "yes", "no")
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, labels)
with open(sys.argv[1], "wb") as file:
    pickle.dump(model, file)
print(json.dumps({"rows": rows.tolist(), "labels": model.predict(rows).tolist()}))
`;

test("a model that scikit-learn fitted and pickled is served as it is", async () => {
  const project = projectOf();
  project.pipefile("{}", `serve: { model: "model.pkl", checksum: "SHA256SUMS" }`);
  const { status, stdout, stderr } = spawnSync("python3", ["-c", FIT, project.at("model.pkl")], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const { rows, labels } = JSON.parse(stdout) as { rows: readonly number[][]; labels: readonly string[] };
  const sum = createHash("sha256")
    .update(readFileSync(project.at("model.pkl")))
    .digest("hex");
  project.write("SHA256SUMS", `${sum}  model.pkl\n`);
  const service = await served(project.root);
  expect(childrenOf(service.pid)).toEqual([]);
  const asked = { columns: ["x0", "x1", "x2"], data: rows };
  expect((await service.post("/predict", asked)).body).toMatchObject({ predictions: labels });
  // One tensor of all numbers, as clients of scikit-learn models send it.
  const tensor = { name: "input-0", shape: [rows.length, 3], datatype: "FP64", data: rows };
  expect((await service.post("/v2/models/model/infer", { id: "7", inputs: [tensor] })).body).toMatchObject({
    id: "7",
    outputs: [{ shape: [rows.length], datatype: "BYTES", data: labels }],
  });
});

/** The names of the processes that a process has started. */
const childrenOf = (pid: number): readonly string[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
