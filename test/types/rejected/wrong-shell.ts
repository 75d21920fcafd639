import { rule } from "pipefile";

export const sort = rule({
  inputs: { rows: "data/clean.csv" },
  outputs: { sorted: "data/sorted.csv" },
  shell: "zsh", // error: "zsh"
  run: 'sort "$rows" > "$sorted"',
});
