/** A Pipefile that says everything a Pipefile can say; the compiler and the engine must accept it. */

import { glob, pipeline, rule, type Resources, type Size } from "pipefile";

const tidy = rule({
  description: "a module without params",
  inputs: { raw: "data/raw.csv" },
  outputs: { rows: "data/clean.csv" },
  run: () => import("./tidy.ts"),
});

const memory: Size = "1.5GB";
const resources: Resources = { cpu: 2, memory, pools: { network: 1 } };

const train = rule({
  inputs: { rows: tidy.outputs.rows, extra: glob("data/extra/*.csv") },
  outputs: { model: "model/model.bin", reports: "reports/train/" },
  params: { target: "mass", seed: 7 },
  env: ["LOCALE"],
  passEnv: ["TOKEN", "AWS_*"],
  tools: { sort: "sort --version" },
  resources,
  cache: false,
  retry: { times: 3, delay: "500ms", backoff: "linear", on: ["network", "fit"], fallback: { seed: 8 } },
  timeout: "9h",
  after: tidy.outputs.rows,
  always: true,
  isolate: true,
  scratch: true,
  run: () => import("./train.ts"),
});

const again = rule({
  inputs: { rows: train.inputs.rows, extra: ["data/a.csv", "data/b.csv"] },
  outputs: { model: "model/again.bin", reports: "reports/again/" },
  params: { target: "mass", seed: 8, rounds: 3 },
  run: () => import("./train.ts"),
});

const summarize = rule({
  inputs: { rows: "data/{table}.csv" },
  outputs: {
    summary: "reports/{table}.{year:\\d{4}}.txt",
    parts: ["parts/{table}/{year}/a", "parts/{table}/{year}/b"],
  },
  params: { digits: 3, columns: ["mass", "sex"], deep: { nested: [null, true] } },
  shell: "bash",
  depfile: true,
  temp: true,
  after: ["data/{table}.index"],
  retry: { times: 1, fallback: { digits: 2 } },
  run: 'summarize "$rows" "$year" > "$summary"',
});

const clean2024 = summarize.for({ table: "clean", year: "2024" });

const join = rule({
  inputs: {
    first: clean2024.outputs.summary,
    parts: clean2024.outputs.parts,
    counts: glob("data/*.csv").map((path) => path.replace("data/", "counts/")),
    model: train.outputs.model,
    folder: again.outputs.reports,
  },
  outputs: { joined: "reports/joined.txt" },
  run: 'cat "$first" $parts $counts > "$joined"',
});

const check = rule({ inputs: { joined: join.outputs.joined }, outputs: {}, run: 'test -s "$joined"' });

const loose = rule({
  inputs: { one: "data/one.csv", many: ["data/two.csv"] },
  outputs: { out: "reports/loose.txt" },
  params: { any: "JSON" },
  run: () => import("./untyped.ts"),
});

const silent = rule({ inputs: {}, outputs: {}, run: () => import("./quiet.ts") });

export default pipeline(
  {
    tidy,
    train,
    again,
    summarize,
    join,
    check,
    loose,
    silent,
    inline: rule({ inputs: {}, outputs: { a: "a.txt" }, run: 'date > "$a"' }),
  },
  {
    default: ["join"],
    pools: { network: 2 },
    passEnv: ["CI"],
    strict: true,
    cache: { folder: "../cache", limit: "1.5GB" },
    serve: {
      model: train.outputs.model,
      checksum: join.outputs.joined,
      name: "mass",
      predictor: () => import("./predictor.ts"),
      probation: { minRequests: 500, time: "10m", factor: 1.5 },
    },
  },
);
