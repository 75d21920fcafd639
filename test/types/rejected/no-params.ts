import { rule } from "pipefile";

export const train = rule({ // error: Property 'params' is missing
  inputs: { rows: "data/clean.csv", extra: [] },
  outputs: { model: "model/model.bin", reports: "reports/" },
  run: () => import("../train.ts"),
});
