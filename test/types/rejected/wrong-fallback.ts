import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7 },
  retry: { times: 1, fallback: { sede: 8 } }, // error: 'sede' does not exist
  run: () => import("../train.ts"),
});
