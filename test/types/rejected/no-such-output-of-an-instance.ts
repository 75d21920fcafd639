import { rule } from "pipefile";

const summarize = rule({
  inputs: { rows: "data/{table}.csv" },
  outputs: { summary: "reports/{table}.txt" },
  run: 'wc -l < "$rows" > "$summary"',
});
export const path = summarize.for({ table: "clean" }).outputs.sumary; // error: Property 'sumary' does not exist
