/** A project whose step `train` was built three times, for tests of what a person decides about it. */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Override, OverrideNote } from "../../src/core/override.ts";
import type { StepStatus } from "../../src/core/status.ts";
import { projectOf, type Project, type Run } from "../rig/project.ts";

export const RULES = `{
  clean: rule({ inputs: { raw: "raw.txt" }, outputs: { rows: "out/clean.txt" }, run: counting("clean", 'tr a-z A-Z < "$raw" > "$rows"') }),
  train: rule({ inputs: { rows: "out/clean.txt" }, outputs: { model: "model/model.bin", parts: "model/parts/" }, params: { seed: 1 }, run: counting("train", 'sed "s/$/ $seed/" "$rows" > "$model"; mkdir "$parts"; cp "$rows" "$parts/a"') }),
  score: rule({ inputs: { model: "model/model.bin" }, outputs: { score: "score.txt" }, run: counting("score", 'sed s/^/s:/ "$model" > "$score"') }),
}`;

export interface Overridden extends Project {
  /** Builds with another source. */
  source(text: string): Promise<Run>;
  /** What stands at the outputs of train and of score: the model, its part, the score. */
  standing(): readonly (string | undefined)[];
  /** Of a step, by `pipe status`. */
  status(step: string): Promise<StepStatus | undefined>;
  /** The builds that made `one`, `two` and `three`. */
  readonly builds: readonly string[];
}

/** Built from the sources `one`, `two` and `three`; the last stands there. */
export async function overridden(rules = RULES): Promise<Overridden> {
  const project = projectOf();
  const { folder, builds } = await templateOf(rules);
  cpSync(folder, project.root, { recursive: true });
  const read = (path: string): string | undefined => (project.has(path) ? project.read(path).trim() : undefined);
  return {
    ...project,
    builds,
    source(text) {
      project.write("raw.txt", `${text}\n`);
      return project.build();
    },
    standing: () => [read("model/model.bin"), read("model/parts/a"), read("score.txt")],
    async status(step) {
      const run = await project.pipe(["status"]);
      const [{ steps } = { steps: [] }] = run.events as readonly unknown[] as readonly {
        readonly steps: readonly StepStatus[];
      }[];
      return steps.find((status) => status.step === step);
    },
  };
}

interface Template {
  readonly folder: string;
  readonly builds: readonly string[];
}

/** By rules: three builds for each test would be most of its time. */
const templates = new Map<string, Template>();
afterAll(() => {
  for (const { folder } of templates.values()) rmSync(folder, { recursive: true, force: true });
});

async function templateOf(rules: string): Promise<Template> {
  const known = templates.get(rules);
  if (known !== undefined) return known;
  const project = projectOf();
  project.pipefile(rules);
  const builds: string[] = [];
  for (const text of ["one", "two", "three"]) {
    project.write("raw.txt", `${text}\n`);
    const [started] = (await project.build()).events;
    builds.push(started?.type === "build-started" ? started.build : "");
  }
  const folder = mkdtempSync(join(tmpdir(), "pipe-template-"));
  cpSync(project.root, folder, { recursive: true });
  templates.set(rules, { folder, builds });
  return { folder, builds };
}

/** What a command that decides something prints. */
export function answerOf(run: Run): {
  readonly step: string;
  readonly override: OverrideNote;
  readonly version: { readonly build: string };
  readonly outputs: Override["trace"]["outputs"];
} {
  const [answer] = run.events as readonly unknown[] as readonly ReturnType<typeof answerOf>[];
  if (run.code !== 0 || answer === undefined) throw new Error(`exit code ${run.code}\n${run.stdout}${run.stderr}`);
  return answer;
}
