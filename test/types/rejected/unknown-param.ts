import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7, sede: 8 }, // error: 'sede'
  run: () => import("../train.ts"),
});
