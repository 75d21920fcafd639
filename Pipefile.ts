/** The reference pipeline: from a table of penguins to a model that Python loads, with its checksum. */

import { glob, pipeline, rule } from "pipefile";
import { penguins } from "./rules/schema.ts";

const ingest = rule({
  description: "take the source in, or make rows up",
  // Or a source elsewhere: url("https://example.org/penguins.csv.gz").
  inputs: { source: "data/source/penguins.csv" },
  outputs: { raw: "data/raw.csv" },
  params: { rows: 0, seed: 1, schema: penguins },
  retry: { times: 3, delay: "500ms", backoff: "linear", on: ["network"] },
  resources: { pools: { network: 1 } },
  run: () => import("./rules/ingest.ts"),
});

const propose = rule({
  description: "propose a schema for a table that has none",
  inputs: { raw: ingest.outputs.raw },
  outputs: { schema: "reports/schema.proposed.json" },
  params: { sampleRows: 10_000 },
  run: () => import("./rules/propose.ts"),
});

const clean = rule({
  description: "type and validate each row",
  inputs: { raw: ingest.outputs.raw },
  outputs: {
    rows: "data/clean.csv",
    schema: "data/schema.json",
    rejects: "reports/rejects.csv",
    report: "reports/clean.json",
  },
  params: { schema: penguins, maxRejectRate: 0.01, maxNullRate: 0.2 },
  run: () => import("./rules/clean.ts"),
});

const train = rule({
  description: "fit a linear regression and measure it on a hold-out",
  inputs: { rows: clean.outputs.rows, schema: clean.outputs.schema },
  outputs: { model: "model/model.bin", metrics: "reports/metrics.json", evaluation: "reports/evaluation.json" },
  params: { target: "body_mass_g", seed: 7, holdout: 0.25, ridge: 0, batchRows: 65_536 },
  scratch: true,
  retry: { times: 1, on: ["oom", "fit"], fallback: { batchRows: 8_192 } },
  // Another model goes live where it explains half of the variance, or no less than the live one does.
  promote: { metric: "r2", min: 0.5, orNoWorseThan: 0.05 },
  timeout: "10m",
  resources: { cpu: 1, memory: "1GB" },
  run: () => import("./rules/train.ts"),
});

const serialize = rule({
  description: "write the model as a pickle, and its SHA-256",
  inputs: { model: train.outputs.model },
  outputs: { pickle: "model/model.pkl", checksum: "model/checksum.txt" },
  // Or "sklearn": scikit-learn's own LinearRegression, for that version of it.
  params: { format: "plain", sklearnVersion: "1.2.1" },
  backup: { to: "model/backup", keep: 5, with: [train.outputs.model] },
  run: () => import("./rules/serialize.ts"),
});

const score = rule({
  description: "predict for every row, as Parquet, and compare the rows with those of training",
  inputs: { rows: clean.outputs.rows, schema: clean.outputs.schema, model: train.outputs.model },
  outputs: { predictions: "reports/preds.parquet", window: "reports/score.json" },
  resources: { cpu: 1, memory: "1GB" },
  run: () => import("./rules/score.ts"),
});

const report = rule({
  description: "write a page on the model, and on how it changed",
  inputs: {
    model: train.outputs.model,
    metrics: train.outputs.metrics,
    evaluation: train.outputs.evaluation,
    data: clean.outputs.report,
  },
  outputs: { page: "reports/model.html" },
  // It compares with the page of before: what the cache has kept was compared with another.
  cache: false,
  run: () => import("./rules/report.ts"),
});

const check = rule({
  description: "another program finds the checksum right",
  inputs: { pickle: serialize.outputs.pickle, checksum: serialize.outputs.checksum },
  outputs: {},
  tools: { sha256sum: "sha256sum --version" },
  run: 'sha256sum -c "$checksum" && test -s "$pickle"',
});

const count = rule({
  description: "count the rows of one table",
  inputs: { table: "data/{name}.csv" },
  outputs: { rows: "reports/{name}.rows.txt" },
  run: `awk 'END { print NR - 1, "rows in", FILENAME }' "$table" > "$rows"`,
});

const inventory = rule({
  description: "the row counts of all tables, built yet or not",
  inputs: { counts: glob("data/*.csv").map((table) => count.for({ name: table.slice(5, -4) }).outputs.rows) },
  outputs: { list: "reports/inventory.txt" },
  run: 'cat $counts > "$list"',
});

export default pipeline(
  { ingest, propose, clean, train, serialize, check, score, report, count, inventory },
  {
    default: ["serialize", "score", "report"],
    pools: { network: 2 },
    strict: true,
    serve: { model: serialize.outputs.pickle, checksum: serialize.outputs.checksum, name: "penguins" },
  },
);
