import { rule } from "pipefile";

export const tidy = rule({
  inputs: { raw: "data/raw.csv" },
  outputs: { rows: "data/clean.csv" },
  params: { digits: 3 }, // error: not assignable to type 'never'
  run: () => import("../tidy.ts"),
});
