/** An opened project: its Pipefile evaluated, its graph drawn and checked, its state loaded. */

import type { Emit } from "./core/event.ts";

export interface ProjectRequest {
  /** Absolute path of the project's root, the folder of the Pipefile. */
  readonly root: string;
  /** Absolute path of the Pipefile. */
  readonly pipefile: string;
  /** `rule.name=value` as typed. */
  readonly params: readonly string[];
  /** `write` takes the project's lock (waits for another build), `read` does not. */
  readonly access: "read" | "write";
  /** With access `write`: fail with exit code 3 instead of waiting for the lock. */
  readonly wait: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
}

export interface Project extends AsyncDisposable {
  readonly root: string;
}

export async function openProject(request: ProjectRequest): Promise<Project> {
  throw new Error(`not there yet: ${request.root}`);
}
