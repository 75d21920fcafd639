/** Every error that a project can give its user, in one place: a stable code, what and where, and what to type next. Pure. */

import { nearest } from "./nearest.ts";

/** A mistake of the user's, as opposed to a bug of ours: shown without a stack. */
export class PipeError extends Error {
  override readonly name = "PipeError";
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(parts: { code: string; message: string; hint?: string | undefined; exitCode?: number }) {
    super(parts.message);
    this.code = parts.code;
    this.hint = parts.hint;
    this.exitCode = parts.exitCode ?? 2;
  }
}

/** The error as a terminal shows it: `error[code]: message`, and the hint on a line of its own. */
export function renderError(error: PipeError): string {
  const hint = error.hint === undefined ? "" : `\n  hint: ${error.hint}`;
  return `error[${error.code}]: ${error.message}${hint}`;
}

export const badPattern = (at: { text: string; problem: string }): PipeError =>
  new PipeError({
    code: "bad-pattern",
    message: `in the path ${at.text}: ${at.problem}`,
    hint: "write {name} or {name:regex}; a literal brace cannot stand in a path",
  });

export const badPath = (at: { text: string; declaredBy: string; problem: string }): PipeError =>
  new PipeError({
    code: "bad-path",
    message: `${at.declaredBy}: the path '${at.text}' ${at.problem}`,
    hint: "paths are relative to the folder of the Pipefile and stay in it; a symlink may point out of the project as a source",
  });

export const badRule = (at: {
  rule: string;
  problem: string;
  hint?: string;
  known?: readonly string[];
  word?: string;
}): PipeError => {
  const near = at.word === undefined ? undefined : nearest(at.word, at.known ?? []);
  const known =
    at.known === undefined ? undefined : at.known.length === 0 ? "there are none" : `there are ${at.known.join(", ")}`;
  return new PipeError({
    code: "bad-rule",
    message: `rule '${at.rule}' ${at.problem}`,
    hint: at.hint ?? (near === undefined ? known : `did you mean '${near}'?`),
  });
};

export const badOption = (at: { problem: string; known?: readonly string[] }): PipeError =>
  new PipeError({
    code: "bad-option",
    message: `pipeline() is given the option ${at.problem}`,
    hint: at.known === undefined ? undefined : `there are ${at.known.join(", ")}`,
  });

export const noRuleMakes = (at: {
  path: string;
  neededBy: string | undefined;
  near: string | undefined;
  exact?: string | undefined;
}): PipeError => {
  const needed = at.neededBy === undefined ? "" : `, which ${at.neededBy} needs`;
  return new PipeError({
    code: "no-rule",
    message: `nothing makes ${at.path}${needed}, and there is no such file`,
    hint: at.near === undefined ? "'pipe list' shows what there is to build" : `did you mean ${at.near}?`,
  });
};

export const missingInput = (at: { path: string; neededBy: string }): PipeError =>
  new PipeError({
    code: "missing-input",
    message: `${at.path}, which ${at.neededBy} needs, is not there`,
    hint: "the step whose directory it lies in did not make it, or it was deleted during the build",
  });

export const cycle = (steps: readonly string[]): PipeError =>
  new PipeError({
    code: "cycle",
    message: `these steps need each other: ${steps.join(" → ")}`,
    hint: "an arrow reads 'needs an output of'; take one of these inputs away",
  });

export const madeTwice = (at: { path: string; first: string; second: string }): PipeError =>
  new PipeError({
    code: "made-twice",
    message: `${at.path} is an output of both ${at.first} and ${at.second}`,
    hint: "each artifact has one rule; rename one of the outputs",
  });

export const outputInside = (at: { path: string; step: string; directory: string; owner: string }): PipeError =>
  new PipeError({
    code: "output-inside",
    message: `${at.path}, an output of ${at.step}, lies inside ${at.directory}, which ${at.owner} makes as a whole`,
    hint: "move one of them: a directory output is replaced as one piece",
  });

export const outputUnderFile = (at: { path: string; step: string; file: string; owner: string }): PipeError =>
  new PipeError({
    code: "output-under-file",
    message: `${at.path}, an output of ${at.step}, needs a folder where ${at.owner} makes the file ${at.file}`,
    hint: "rename one of them",
  });

export const undeclaredPath = (at: { step: string; paths: readonly string[] }): PipeError =>
  new PipeError({
    code: "undeclared-path",
    message: `the command of ${at.step} names ${at.paths.join(", ")}, which is no input or output of it`,
    hint: "declare it as an input and use its variable, so that a change of it counts",
  });

export const ambiguousRules = (at: { path: string; rules: readonly string[] }): PipeError =>
  new PipeError({
    code: "ambiguous-rules",
    message: `${at.path} could be made by more than one wildcard rule: ${at.rules.join(", ")}`,
    hint: "narrow a wildcard, as in {name:[a-z]+}, or write a rule without wildcards for this path",
  });

export const sourceOrOutput = (at: { path: string; rule: string }): PipeError =>
  new PipeError({
    code: "source-or-output",
    message: `${at.path} is there, pipe did not make it, and the wildcard rule ${at.rule} would overwrite it`,
    hint: `if it is a source, narrow the wildcard of ${at.rule} so that it does not match; if ${at.rule} should make it, delete the file`,
  });

export const unknownTarget = (at: { target: string; near: string | undefined; isSource: boolean }): PipeError =>
  new PipeError({
    code: "unknown-target",
    message: at.isSource
      ? `${at.target} is a source: no rule makes it`
      : `'${at.target}' is neither a rule nor an artifact that a rule makes`,
    hint: at.near === undefined ? "'pipe list' shows what there is to build" : `did you mean '${at.near}'?`,
  });

export const noInstances = (at: { rule: string; example: string }): PipeError =>
  new PipeError({
    code: "no-instances",
    message: `the wildcard rule ${at.rule} is asked for by name, but no .for() in the Pipefile fills it`,
    hint: `name the artifact instead, such as ${at.example}, or write ${at.rule}.for({ … }) in the Pipefile`,
  });

export const wrongKind = (at: { path: string; neededBy: string }): PipeError =>
  new PipeError(
    at.path.endsWith("/")
      ? {
          code: "wrong-kind",
          message: `${at.path}, which ${at.neededBy} needs, is no directory`,
          hint: `write ${at.path.slice(0, -1)} for a file`,
        }
      : {
          code: "wrong-kind",
          message: `${at.path}, which ${at.neededBy} needs, is a directory`,
          hint: `write ${at.path}/ for a directory`,
        },
  );

export const badParam = (at: { text: string; problem: string; near?: string | undefined }): PipeError =>
  new PipeError({
    code: "bad-param",
    message: `--param ${at.text}: ${at.problem}`,
    hint:
      at.near === undefined
        ? "write --param rule.name=value, where value is JSON or a bare string"
        : `did you mean '${at.near}'?`,
  });

export const linkLeaves = (at: { directory: string; link: string; target: string }): PipeError =>
  new PipeError({
    code: "link-leaves",
    message: `${at.link} is a symlink to ${at.target}, outside of ${at.directory}`,
    hint: `inside a directory artifact a link may only point within it; copy the file, or declare it as an input of its own`,
  });

export const oddMember = (at: { directory: string; member: string }): PipeError =>
  new PipeError({
    code: "odd-member",
    message: `${at.member} in ${at.directory} is a pipe, a socket or a device`,
    hint: "a directory artifact holds files, directories and links to its own members",
  });

export const outputLeaves = (at: { path: string; step: string }): PipeError =>
  new PipeError({
    code: "output-leaves",
    message: `${at.path}, an output of ${at.step}, would leave the project through a symlink`,
    hint: "an output stands in the project; make its folder a real one",
  });

export const locked = (at: { holder: string }): PipeError =>
  new PipeError({
    code: "locked",
    message: `another build holds this project: ${at.holder}`,
    hint: "leave --no-wait away to wait for it",
    exitCode: 3,
  });

export const brokenCode = (at: { at: string; problem: string; line: string; column: number }): PipeError =>
  new PipeError({
    code: "broken-code",
    message: `${at.at}: ${at.problem}${at.line === "" ? "" : `\n    ${at.line}\n    ${" ".repeat(at.column)}^`}`,
    hint: "nothing was run; mend the code and try again",
  });

export const brokenPipefile = (at: { path: string; stack: string }): PipeError =>
  new PipeError({
    code: "broken-pipefile",
    message: `${at.path} threw while it was evaluated: ${at.stack}`,
    hint: "a Pipefile only declares; nothing was run",
  });

export const notAPipeline = (at: { path: string }): PipeError =>
  new PipeError({
    code: "not-a-pipeline",
    message: `${at.path} has no default export made by pipeline()`,
    hint: "end it with: export default pipeline({ ... })",
  });

export const cannotFingerprint = (at: { at: string; what: string }): PipeError =>
  new PipeError({
    code: "cannot-fingerprint",
    message: `${at.at}: ${at.what} cannot be fingerprinted, so a change behind it would go unseen`,
    hint: "import with a literal path, or make the file an input of the rule",
  });

export const notAnAction = (at: { rule: string }): PipeError =>
  new PipeError({
    code: "not-an-action",
    message: `rule '${at.rule}' has a 'run' of a form that cannot be fingerprinted`,
    hint: 'run is a shell command or exactly () => import("./rules/name.ts")',
  });

export const toolFailed = (at: { rule: string; command: string; problem: string }): PipeError =>
  new PipeError({
    code: "tool-failed",
    message: `rule '${at.rule}' names the tool '${at.command}', which does not tell its version: ${at.problem}`,
    hint: "install it, or correct the command in 'tools'",
  });
