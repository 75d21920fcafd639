/** An action for the type tests that says nothing of its types. */

import { writeFileSync } from "node:fs";
import type { ActionContext, Json } from "pipefile";

type Paths = string | readonly string[];

const untyped = ({
  outputs,
  params,
}: ActionContext<Record<string, Paths>, Record<string, Paths>, Record<string, Json>>): void => {
  for (const path of Object.values(outputs).flat()) writeFileSync(path, JSON.stringify(params));
};

export default untyped;
