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

export const badSince = (at: { text: string }): PipeError =>
  new PipeError({
    code: "bad-since",
    message: `--since takes a length of time or a time, not '${at.text}'`,
    hint: "such as --since 24h, --since 2026-11-22, or --since 2026-11-22T10:00 (UTC)",
  });

/** `file` is the one that was named, if one was. */
export const noMonitoring = (at: { file: string | undefined }): PipeError =>
  new PipeError({
    code: "no-monitoring",
    message:
      at.file === undefined
        ? "nothing was monitored here yet: there is no reports/monitoring.jsonl with a window in it"
        : `there is no file ${at.file}, or no window of monitoring in it`,
    hint:
      at.file === undefined
        ? "'pipe serve' monitors the model that it hosts, and writes a window when enough rows or time have passed"
        : "name one that a service or a rule wrote, or none for that of the project's service",
  });

export const noMonitoringSince = (at: { since: string; last: string }): PipeError =>
  new PipeError({
    code: "no-monitoring",
    message: `no window has ended since ${at.since}; the last one did at ${at.last}`,
    hint: "look further back with --since, or leave it away; 'pipe serve' writes a window only where something came",
  });

export const monitoringNoFile = (path: string): PipeError =>
  new PipeError({
    code: "bad-monitoring",
    message: `${path} is no file`,
    hint: "windows of monitoring are lines of a file; move away what stands there, or name another",
  });

export const badMonitoring = (at: { file: string; line: number; problem: string }): PipeError =>
  new PipeError({
    code: "bad-monitoring",
    message: `${at.file}: no line is a window of monitoring; line ${at.line}: ${at.problem}`,
    hint: "a window is a line of JSON that a service or a rule of pipe wrote, and nobody edited",
  });
