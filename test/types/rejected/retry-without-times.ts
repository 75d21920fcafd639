import { rule } from "pipefile";

export const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7 },
  retry: { delay: "1s" }, // error: Property 'times' is missing
  run: () => import("../train.ts"),
});
