import { rule } from "pipefile";

const tidy = rule({
  inputs: { raw: "data/raw/{table}.csv" },
  outputs: { rows: "data/clean/{table}.csv" },
  run: () => import("../tidy.ts"),
});
export const { outputs } = tidy.for({ tabel: "2024" }); // error: 'tabel' does not exist
