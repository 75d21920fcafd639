/** Reads a model that may just be on its way: what its list of checksums does not confirm is never looked at. */

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { checksumsIn, type Checksum } from "../core/checksum.ts";
import { Refused, type Refusal } from "./refusal.ts";

/** Where a model stands; paths from the project's root, which is the working directory. */
export interface ModelPlace {
  readonly model: string;
  readonly checksum: string;
}

export interface ModelBytes {
  readonly bytes: Buffer;
  /** SHA-256, hex; it is what the list of checksums says. */
  readonly digest: string;
}

/**
 * The bytes of the model, which are those that the list of checksums names. Who copies the one and then the other is
 * waited for: a mismatch counts once neither file has changed for a while. Throws {@link Refused}.
 */
export async function readVerified(place: ModelPlace): Promise<ModelBytes> {
  for (let [seen, sinceMs] = ["", Date.now()]; ;) {
    const now = await signatureOf(place);
    if (now !== seen) [seen, sinceMs] = [now, Date.now()];
    const found = await attempt(place);
    if ("bytes" in found) return found;
    if (Date.now() - sinceMs >= SETTLED_MS) throw new Refused(found);
    await delay(POLL_MS);
  }
}

const SETTLED_MS = 1_000;
const POLL_MS = 50;

async function signatureOf({ model, checksum }: ModelPlace): Promise<string> {
  const signatures = await Promise.all(
    [model, checksum].map(async (path) => {
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      return found === undefined ? "" : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
    }),
  );
  return signatures.join("\n");
}

async function attempt({ model, checksum }: ModelPlace): Promise<ModelBytes | Refusal> {
  const [bytes, list] = await Promise.all([contentOf(model), contentOf(checksum)]);
  if (typeof bytes === "string") return { code: "model-missing", message: `${model} ${bytes}` };
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (typeof list === "string") return { code: "checksum-missing", message: `${checksum} ${list}`, digest };
  const refused = (problem: string): Refusal => ({ code: "checksum-mismatch", message: problem, digest });
  const sums = checksumsIn(list.toString("utf8"));
  if (sums === undefined) return refused(`${checksum} is no list of checksums, as 'sha256sum ${model}' prints one`);
  const named = sumFor(sums, model);
  if (named === undefined) return refused(`${checksum} does not name ${model}`);
  return named.sha256 === digest
    ? { bytes, digest }
    : refused(`${model} has the SHA-256 ${digest}, and ${checksum} says ${named.sha256}`);
}

/** By its path; or, of a list that was made elsewhere, by its file's name. */
function sumFor(sums: readonly Checksum[], model: string): Checksum | undefined {
  const byPath = sums.find(({ path }) => path.replace(/^\.\//, "") === model);
  return byPath ?? sums.find(({ path }) => basename(path) === basename(model));
}

/** The file's bytes, or what is wrong with it. */
async function contentOf(path: string): Promise<Buffer | string> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "does not exist";
    if (code === "EISDIR") return "is a folder";
    if (code === "EACCES") return "may not be read";
    throw error;
  }
}
