import { rule } from "pipefile";

export const train = rule({
  inputs: {},
  outputs: {},
  run: () => import("node:fs"), // error: is not assignable
});
