import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { modle: "model/model.bin", reports: "reports/" }, // error: 'modle' does not exist
  params: { target: "mass", seed: 7 },
  run: () => import("../train.ts"),
});
