import { rule } from "pipefile";

const summarize = rule({
  inputs: { rows: "data/{table}.csv" },
  outputs: { summary: "reports/{table}.{year:\\d{4}}.txt" },
  run: 'wc -l < "$rows" > "$summary"',
});
export const { outputs } = summarize.for({ tabel: "clean", year: "2024" }); // error: 'tabel' does not exist
