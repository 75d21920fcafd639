/** Each reason to run a step as a sentence. Pure. */

import type { Part, Reason } from "../core/staleness.ts";

/** The first reasons in one line: `data/raw.csv changed, param seed 7 → 8, +2 more`. */
export function shortReasons(reasons: readonly Reason[]): string {
  const shown = reasons.slice(0, 2).map(reasonText);
  const more = reasons.length - shown.length;
  return [...shown, ...(more > 0 ? [`+${more} more`] : [])].join(", ");
}

export function reasonText(reason: Reason): string {
  return SENTENCES[reason.part](reason);
}

const SENTENCES: Readonly<Record<Part, (reason: Reason) => string>> = {
  record: () => "never built here",
  remote: () => "the server has another version",
  forced: () => "--force",
  always: () => "always runs",
  code: ({ name, was, now }) =>
    was === undefined ? `runs ${name} now` : now === undefined ? `runs ${name} no longer` : `code of ${name} changed`,
  command: ({ was, now }) =>
    was === undefined ? "runs a command now" : now === undefined ? "runs a command no longer" : "command changed",
  shell: (reason) => `shell ${changeOf(reason)}`,
  package: packageSentence,
  platform: (reason) => `platform ${changeOf(reason)}`,
  param: (reason) => `param ${reason.name} ${changeOf(reason)}`,
  env: ({ name, was, now }) =>
    `environment variable ${name} ${was === undefined ? "counts now" : now === undefined ? "counts no longer" : "changed"}`,
  tool: (reason) => `tool ${reason.name} ${changeOf(reason)}`,
  input: inputSentence,
  discovered: discoveredSentence,
  output: outputSentence,
};

/** `7 → 8`, or that the thing is new or gone. */
function changeOf({ was, now }: Reason): string {
  if (was === undefined) return `is new (${brief(now ?? "")})`;
  if (now === undefined) return `is gone (was ${brief(was)})`;
  return `${brief(was)} → ${brief(now)}`;
}

const BRIEF_LENGTH = 40;

function brief(state: string): string {
  const line = state.replaceAll(/\s+/g, " ").trim();
  return line.length > BRIEF_LENGTH ? `${line.slice(0, BRIEF_LENGTH - 1)}…` : line;
}

function packageSentence({ name, was, now }: Reason): string {
  if (was === undefined) return `package ${name} is new (${versionsOf(now ?? "")})`;
  if (now === undefined) return `package ${name} is gone (was ${versionsOf(was)})`;
  const [before, after] = [versionsOf(was), versionsOf(now)];
  return before === after ? `package ${name} ${after} has other content` : `package ${name} ${before} → ${after}`;
}

// A package's state is its version and its integrity, more than one where several are installed.
const versionsOf = (state: string): string =>
  state
    .split(", ")
    .map((version) => version.split(" ")[0])
    .join(", ");

const CONTENT = /^absent$|^of another kind$|[0-9a-f]{64}/;
const isContent = (state: string | undefined): boolean => state === undefined || CONTENT.test(state);

/** A state that is no content is a declaration: the paths of a slot, or that it is a list. */
const isOfContent = ({ was, now }: Reason): boolean => isContent(was) && isContent(now);

function inputSentence(reason: Reason): string {
  const { name, was, now } = reason;
  if ((was ?? now) === "list")
    return was === undefined ? `input ${name} is a list now` : `input ${name} is a list no longer`;
  if (!isOfContent(reason)) return `input ${name} ${changeOf(reason)}`;
  if (now === "absent") return `${name} is missing`;
  if (was === undefined) return `${name} is a new input`;
  if (now === undefined) return `${name} is an input no longer`;
  return was === "absent" ? `${name} is there now` : `${name} changed`;
}

function discoveredSentence({ name, was, now }: Reason): string {
  if (now === "absent") return `${name}, found while running, is missing`;
  if (now === "lost") return `${name}, found while running, cannot be made any more`;
  if (was === "absent") return `${name}, looked for while running, is there now`;
  return `${name}, found while running, changed`;
}

function outputSentence(reason: Reason): string {
  const { name, was, now } = reason;
  if (!isOfContent(reason)) return `output ${name} ${changeOf(reason)}`;
  if (now === "absent") return `output ${name} is missing`;
  if (now === "of another kind") return `output ${name} is of another kind than declared`;
  if (was === undefined) return `output ${name} is new`;
  if (now === undefined) return `${name} is an output no longer`;
  return `output ${name} was edited`;
}
