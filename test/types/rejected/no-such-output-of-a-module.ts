import { rule } from "pipefile";

const train = rule({
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  params: { target: "mass", seed: 7 },
  run: () => import("../train.ts"),
});
export const size = rule({
  inputs: { model: train.outputs.modle }, // error: Property 'modle' does not exist
  outputs: { size: "reports/size.txt" },
  run: 'wc -c < "$model" > "$size"',
});
