import { rule } from "pipefile";

export const sort = rule({
  inputs: { rows: "data/clean.csv" },
  outputs: { sorted: "data/sorted.csv" },
  retries: 3, // error: 'retries' does not exist
  run: 'sort "$rows" > "$sorted"',
});
