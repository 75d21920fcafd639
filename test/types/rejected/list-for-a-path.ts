import { glob, rule } from "pipefile";

export const train = rule({
  inputs: { rows: glob("data/*.csv"), extra: [] }, // error: not assignable to type 'string'
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7 },
  run: () => import("../train.ts"),
});
