/** An action for the type tests without params. */

import { copyFileSync } from "node:fs";
import type { Action } from "pipefile";

const tidy: Action<{ raw: string }, { rows: string }> = ({ inputs, outputs }) => copyFileSync(inputs.raw, outputs.rows);

export default tidy;
