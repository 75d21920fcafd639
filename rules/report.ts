/** Writes a page on the model for people to read: how good it is, what it has learnt, and from which data. */

import { readFile, writeFile } from "node:fs/promises";
import { hashSync } from "hasha";
import type { Action } from "pipefile";
import { readModel } from "pipefile/model";
import type { CleanReport } from "./clean.ts";
import type { EvaluationReport } from "./evaluation.ts";
import { comparedWith, type Measured } from "./report/comparison.ts";
import { pageOf } from "./report/page.ts";
import type { MetricsReport } from "./train.ts";

type Report = Action<{ model: string; metrics: string; evaluation: string; data: string }, { page: string }>;

const report: Report = async ({ inputs, outputs, previous, log }) => {
  const bytes = await readFile(inputs.model);
  const model = readModel(bytes.toString("utf8"));
  const digest = hashSync(bytes, { algorithm: "sha256" });
  const metrics = await jsonOf<MetricsReport>(inputs.metrics);
  const { target, rows, rmse, mae, r2, mape, baseline, training } = metrics;
  const measured = { target, rows, model: { rmse, mae, r2, mape }, baseline, training, digest };
  const before = await beforeOf(previous.page, { digest, log });
  const evaluation = await jsonOf<EvaluationReport>(inputs.evaluation);
  const data = await jsonOf<CleanReport>(inputs.data);
  await writeFile(outputs.page, pageOf({ model, measured, before, evaluation, data }));
  log(before === null ? "no earlier model to compare with" : `compared with model ${before.digest.slice(0, 12)}`);
};

export default report;

/** The action that wrote the file is its only writer. */
const jsonOf = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, "utf8")) as T;

async function beforeOf(
  page: string | undefined,
  { digest, log }: { readonly digest: string; readonly log: (message: string) => void },
): Promise<Measured | null> {
  if (page === undefined) return null;
  const text = await readFile(page, "utf8");
  try {
    return comparedWith(text, digest);
  } catch (error) {
    // A page that cannot be read, as of another version, costs a comparison and not the build.
    log(`the page of before is not compared with: ${(error as Error).message}`);
    return null;
  }
}
