/** Every error that a command line can have: a stable code, what is wrong, and what to type next. Pure. */

import { PipeError } from "./error.ts";

export const badUsage = (at: { problem: string; near: string | undefined; see: string }): PipeError =>
  new PipeError({
    code: "usage",
    message: at.problem,
    hint: at.near === undefined ? `'${at.see}' shows what there is` : `did you mean '${at.near}'?`,
  });

export const noPipefile = (at: { folder: string; named: string | undefined }): PipeError =>
  new PipeError(
    at.named === undefined
      ? {
          code: "no-pipefile",
          message: `there is no Pipefile.ts in ${at.folder} or in a folder above it`,
          hint: "write one, or name the project's folder: pipe -C <dir> build",
        }
      : {
          code: "no-pipefile",
          message: `there is no Pipefile ${at.named}`,
          hint: `the path is relative to ${at.folder}`,
        },
  );

export const noSuchFolder = (at: { folder: string }): PipeError =>
  new PipeError({
    code: "no-such-folder",
    message: `${at.folder} is no folder`,
    hint: "write -C <dir> with the folder to start in",
  });

export const outsideProject = (at: { path: string; root: string }): PipeError =>
  new PipeError({
    code: "outside-project",
    message: `${at.path} lies outside of the project ${at.root}`,
    hint: "a target is a rule, or an artifact in the project; -C <dir> starts in another one",
  });

export const badJobs = (at: { text: string }): PipeError =>
  new PipeError({
    code: "bad-jobs",
    message: `--jobs takes a whole number from 1 up, not '${at.text}'`,
    hint: "such as -j 4",
  });

export const unknownRule = (at: { rule: string; near: string | undefined }): PipeError =>
  new PipeError({
    code: "unknown-rule",
    message: `--force names '${at.rule}', and there is no such rule`,
    hint: at.near === undefined ? "'pipe list' shows the rules" : `did you mean '${at.near}'?`,
  });

export const deadTakesNoTarget = (): PipeError =>
  new PipeError({
    code: "usage",
    message: "'pipe clean --dead' takes no target: what no rule makes belongs to none",
    hint: "'pipe clean --dead -n' shows what it would remove",
  });

export const noLog = (at: { target: string }): PipeError =>
  new PipeError({
    code: "no-log",
    message: `there is no log of ${at.target}: it has not run`,
    hint: `'pipe build ${at.target}' runs it`,
  });

export const followsOne = (at: { target: string; steps: readonly string[] }): PipeError =>
  new PipeError({
    code: "usage",
    message: `--follow reads the log of one step, and ${at.target} is ${at.steps.length}: ${at.steps.join(", ")}`,
    hint: `name one: pipe log --follow ${at.steps[0]}`,
  });
