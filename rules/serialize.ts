/** Writes the model as a pickle, which Python loads with its standard library or as scikit-learn's own, and its checksum. */

import { readFile, writeFile } from "node:fs/promises";
import { hashFile } from "hasha";
import type { Action } from "pipefile";
import { pickleOf, readModel, sklearnPickleOf, type LinearModel } from "pipefile/model";

interface Params {
  /** `plain` or `sklearn`. */
  readonly format: string;
  /** The version of scikit-learn that is to load the pickle, if its format is `sklearn`. */
  readonly sklearnVersion: string;
}

type Serialize = Action<{ model: string }, { pickle: string; checksum: string }, Params>;

const serialize: Serialize = async ({ inputs, outputs, artifacts, params, log }) => {
  const write = writerOf(params);
  await writeFile(outputs.pickle, write(readModel(await readFile(inputs.model, "utf8"))));
  const digest = await hashFile(outputs.pickle, { algorithm: "sha256" });
  // The form that `sha256sum -c` reads: the digest, two spaces, and the path from the project's root.
  await writeFile(outputs.checksum, `${digest}  ${artifacts.pickle}\n`);
  log(`sha256 ${digest}`);
};

export default serialize;

const VERSION = /^\d+\.\d+[\w.]*$/;

/** Throws what is wrong with the params, before anything is read. */
function writerOf({ format, sklearnVersion }: Params): (model: LinearModel) => Uint8Array {
  if (format === "plain") return pickleOf;
  if (format !== "sklearn") throw new Error(`format is '${format}', which is neither plain nor sklearn`);
  if (!VERSION.test(sklearnVersion))
    throw new Error(
      `sklearnVersion is '${sklearnVersion}', which is no version as 1.2.1 is; python3 -c "import sklearn; print(sklearn.__version__)" tells it`,
    );
  return (model) => sklearnPickleOf(model, sklearnVersion);
}
