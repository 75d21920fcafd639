import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass" }, // error: Property 'seed' is missing
  run: () => import("../train.ts"),
});
