/** An action for the type tests: what a rule that runs it must declare. */

import type { Action } from "pipefile";

type Inputs = { rows: string; extra: readonly string[] };
type Outputs = { model: string; reports: string };

const train: Action<Inputs, Outputs, { target: string; seed: number; rounds?: number }> = ({
  outputs,
  previous,
  log,
}) => {
  const before: string | undefined = previous.model;
  log(`${before ?? "nothing"} becomes ${outputs.model}`);
};

export default train;
