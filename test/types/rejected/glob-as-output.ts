import { glob, rule } from "pipefile";

export const split = rule({
  inputs: { rows: "data/clean.csv" },
  outputs: { parts: glob("data/parts/*.csv") }, // error: Type 'Glob' is not assignable
  run: 'split "$rows" data/parts/',
});
