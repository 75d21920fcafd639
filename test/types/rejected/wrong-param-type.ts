import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: "7" }, // error: Type 'string' is not assignable to type 'number'
  run: () => import("../train.ts"),
});
