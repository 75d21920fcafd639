/** Opens the project for a command that only reads, and closes it again. */

import { setTimeout as delay } from "node:timers/promises";
import type { BuildEvent } from "../core/event.ts";
import { paintFor } from "../ui/paint.ts";
import { textReporter } from "../ui/text.ts";
import { openProject, type Project, type ProjectRequest } from "../project.ts";
import type { Call } from "./main.ts";
import { targetsFrom } from "./target.ts";
import type { Output, Terminal } from "./terminal.ts";

export interface Reading {
  readonly project: Project;
  readonly targets: readonly string[];
  readonly terminal: Terminal;
}

type Use = (reading: Reading) => Promise<number>;

/**
 * Runs `use` on the project as it stands; warnings go to stderr, whatever the command prints. Where a build published
 * something meanwhile, what was seen may be half of before and half of after: then nothing of it is shown, and `use` has
 * another look.
 */
export async function reading(call: Call, terminal: Terminal, use: Use): Promise<number> {
  for (let looksLeft = LOOKS; ; looksLeft--) {
    const [out, err] = [kept(terminal.out), kept(terminal.err)];
    const looked = await look(call, { ...terminal, out, err }, use);
    if (looked.isSettled || looksLeft === 1) {
      out.show();
      err.show();
      return looked.end();
    }
    await delay(PAUSE_MS);
  }
}

const LOOKS = 20;
const PAUSE_MS = 50;

interface Looked {
  readonly isSettled: boolean;
  /** Gives the exit code, or throws what was thrown. */
  end(): number;
}

async function look(call: Call, terminal: Terminal, use: Use): Promise<Looked> {
  const project = await openProject({
    ...requestOf(call, terminal),
    access: "read",
    wait: false,
    emit: warnings(terminal),
  });
  try {
    const code = await use({ project, targets: targetsOf(call, project), terminal });
    return { isSettled: !project.state.isInFlux, end: () => code };
  } catch (error) {
    const end = (): never => {
      throw error;
    };
    return { isSettled: !project.state.isInFlux, end };
  } finally {
    await project[Symbol.asyncDispose]();
  }
}

/** Keeps what is printed until it is to be shown. */
function kept(output: Output): Output & { show(): void } {
  const texts: string[] = [];
  return {
    ...(output.isTTY === undefined ? {} : { isTTY: output.isTTY }),
    ...(output.columns === undefined ? {} : { columns: output.columns }),
    write: (text) => texts.push(text),
    show: () => texts.forEach((text) => output.write(text)),
  };
}

/** What opening takes from the command line. */
export function requestOf(
  { command, words, place, flags }: Call,
  { env }: Terminal,
): Omit<ProjectRequest, "access" | "wait" | "emit"> {
  const doing = ["pipe", command, ...words].join(" ");
  return { root: place.root, pipefile: place.pipefile, doing, params: flags.param ?? [], env };
}

export function targetsOf({ words, place }: Call, { catalog }: Project): readonly string[] {
  if (words.length === 0) return [];
  const steps = new Set(catalog.steps.map((step) => step.id));
  return targetsFrom(words, place, {
    isNamed: (word) => catalog.rules.has(word) || steps.has(word),
    isMade: (path) => [path, `${path}/`].some((spelling) => catalog.makersOf(spelling, new Set()).length > 0),
  });
}

/** Warnings alone, as text on stderr. */
export function warnings({ err, env }: Terminal): (event: BuildEvent) => void {
  return textReporter({
    out: () => {},
    err: (text) => err.write(text),
    paint: (_style, text) => text,
    errPaint: paintFor(err, env),
    show: "failures",
  });
}
