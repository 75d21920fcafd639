/** A project whose model is made from `next.pkl`, and served. */

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { pickleOf, predict, type LinearModel } from "../../src/model/index.ts";
import { birds } from "./model.ts";
import { projectOf, type Project, type Run } from "./project.ts";
import { served, type Running } from "./service.ts";

const MAKE = `inputs: { next: "next.pkl", said: "said.txt" }, outputs: { model: "model/model.pkl", checksum: "model/checksum.txt" },
  run: 'cp "$next" "$model"; sum=$(sha256sum < "$next" | cut -c-64); test "$(cat "$said")" = right || sum=$(printf %064d 0); printf "%s  %s\\\\n" "$sum" "$model_path" > "$checksum"',
  backup: { to: "model/backup", keep: 9 }`;

const SERVE = `model: "model/model.pkl", checksum: "model/checksum.txt"`;

const ROWS = [
  [40, "MALE"],
  [50, "FEMALE"],
] as const;

/** A model that is told from others by its intercept, and comes to its golden rows. */
export function modelWith(intercept: number, changed: Partial<LinearModel> = {}): LinearModel {
  const model: LinearModel = { ...birds, targetRange: [1_000, 2_000], intercept, ...changed };
  return { ...model, golden: changed.golden ?? ROWS.map((row) => ({ row, prediction: predict(model, row) })) };
}

/** A row that every such model takes. */
export const ROW = { length: 40, sex: "FEMALE" };

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

export interface Hosted extends Project {
  /** Builds the model from these bytes, whatever comes of it; with a list of checksums that is right, or is not. */
  put(bytes: Uint8Array | string, said?: "right" | "wrong"): Promise<Run>;
  putModel(intercept: number, changed?: Partial<LinearModel>): Promise<Run>;
  served(...args: readonly string[]): Promise<Running>;
  /** The lines of logs/deploy.log: what was done, and the first digits of the digest. */
  deployed(): readonly string[];
  /** The codes of logs/alerts.jsonl. */
  alerts(): readonly string[];
}

export function hosted(serve = "", rules = ""): Hosted {
  const project = projectOf();
  project.pipefile(`{ make: rule({ ${MAKE} }), ${rules} }`, `serve: { ${SERVE}, ${serve} }`);
  /** Those that are whole: a file may just have been made, and a line be half there. */
  const linesOf = (path: string): readonly string[] =>
    project.has(path) ? project.read(path).split("\n").slice(0, -1) : [];
  const put: Hosted["put"] = (bytes, said = "right") => {
    writeFileSync(project.at("next.pkl"), bytes);
    project.write("said.txt", said);
    return project.pipe(["build"]);
  };
  return {
    ...project,
    put,
    putModel: (intercept, changed) => put(pickleOf(modelWith(intercept, changed))),
    served: (...args) => served(project.root, ...args),
    deployed: () =>
      linesOf("logs/deploy.log").map((line) => {
        const [, deed, digest] = / deed=(\w+) .*? digest=(\w{8})/.exec(line) ?? [];
        return `${deed} ${digest}`;
      }),
    alerts: () => linesOf("logs/alerts.jsonl").map((line) => (JSON.parse(line) as { code: string }).code),
  };
}

export const digestWith = (intercept: number): string => sha256(pickleOf(modelWith(intercept)));
