import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7 },
  retry: { times: 1, delay: 500 }, // error: 'number' is not assignable
  run: () => import("../train.ts"),
});
