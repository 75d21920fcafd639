import { rule } from "pipefile";

export const train = rule({
  inputs: { rwos: "data/clean.csv", extra: [] }, // error: 'rwos' does not exist
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7 },
  run: () => import("../train.ts"),
});
