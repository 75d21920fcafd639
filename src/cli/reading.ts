/** Opens the project for a command that only reads, and closes it again. */

import type { BuildEvent } from "../core/event.ts";
import { paintFor } from "../ui/paint.ts";
import { textReporter } from "../ui/text.ts";
import { openProject, type Project, type ProjectRequest } from "../project.ts";
import type { Call } from "./main.ts";
import { targetsFrom } from "./target.ts";
import type { Terminal } from "./terminal.ts";

export interface Reading {
  readonly project: Project;
  readonly targets: readonly string[];
}

/** Runs `use` on the project as it stands; warnings go to stderr, whatever the command prints. */
export async function reading(
  call: Call,
  terminal: Terminal,
  use: (reading: Reading) => Promise<number>,
): Promise<number> {
  const project = await openProject({
    ...requestOf(call, terminal),
    access: "read",
    wait: false,
    emit: warnings(terminal),
  });
  try {
    return await use({ project, targets: targetsOf(call, project) });
  } finally {
    await project[Symbol.asyncDispose]();
  }
}

/** What opening takes from the command line. */
export function requestOf({ place, flags }: Call, { env }: Terminal): Omit<ProjectRequest, "access" | "wait" | "emit"> {
  return { root: place.root, pipefile: place.pipefile, params: flags.param ?? [], env };
}

export function targetsOf({ words, place }: Call, { catalog }: Project): readonly string[] {
  if (words.length === 0) return [];
  const steps = new Set(catalog.steps.map((step) => step.id));
  return targetsFrom(words, place, {
    isNamed: (word) => catalog.rules.has(word) || steps.has(word),
    isMade: (path) => [path, `${path}/`].some((spelling) => catalog.makersOf(spelling, new Set()).length > 0),
  });
}

/** Tells warnings alone, on stderr. */
export function warnings({ err, env }: Terminal): (event: BuildEvent) => void {
  return textReporter({
    out: () => {},
    err: (text) => err.write(text),
    paint: (_style, text) => text,
    errPaint: paintFor(err, env),
    show: "failures",
  });
}
