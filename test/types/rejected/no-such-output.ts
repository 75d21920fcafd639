import { rule } from "pipefile";

const clean = rule({
  inputs: { raw: "data/raw.csv" },
  outputs: { rows: "data/clean.csv" },
  run: 'sort "$raw" > "$rows"',
});
export const count = rule({
  inputs: { rows: clean.outputs.row }, // error: Property 'row' does not exist
  outputs: { count: "reports/count.txt" },
  run: 'wc -l < "$rows" > "$count"',
});
