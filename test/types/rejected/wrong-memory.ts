import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7 },
  resources: { memory: "2 gigabytes" }, // error: "2 gigabytes"
  run: () => import("../train.ts"),
});
