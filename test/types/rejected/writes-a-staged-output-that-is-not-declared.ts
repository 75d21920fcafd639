import { writeFileSync } from "node:fs";
import type { Action } from "pipefile";

export const clean: Action<{ raw: string }, { rows: string }> = ({ inputs, outputs }) => {
  writeFileSync(outputs.rosw, inputs.raw); // error: Property 'rosw' does not exist
};
