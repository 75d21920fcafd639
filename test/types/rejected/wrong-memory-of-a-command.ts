import { rule } from "pipefile";

export const sort = rule({
  inputs: { rows: "data/clean.csv" },
  outputs: { sorted: "data/sorted.csv" },
  resources: { memory: 2_000_000_000 }, // error: Type 'number' is not assignable
  run: 'sort "$rows" > "$sorted"',
});
