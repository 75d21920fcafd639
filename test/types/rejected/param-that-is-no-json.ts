import { rule } from "pipefile";

export const sort = rule({
  inputs: { rows: "data/clean.csv" },
  outputs: { sorted: "data/sorted.csv" },
  params: { since: new Date(0) }, // error: Type 'Date' is not assignable
  run: 'sort "$rows" > "$sorted"',
});
