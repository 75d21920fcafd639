import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv" }, // error: Property 'extra' is missing
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7 },
  run: () => import("../train.ts"),
});
