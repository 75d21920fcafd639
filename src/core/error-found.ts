/** The errors of inputs that a step finds while it runs. Pure. */

import { PipeError } from "./error.ts";

export const badDepend = (at: { path: string; step: string; problem: string }): PipeError =>
  new PipeError({
    code: "bad-depend",
    message: `${at.step} asked for ${at.path}, which ${at.problem}`,
    hint: "depend() and a depfile name sources, and what other steps make",
  });

export const needFailed = (at: { path: string; step: string; maker: string }): PipeError =>
  new PipeError({
    code: "need-failed",
    message: `${at.path}, which ${at.step} asked for, could not be made: ${at.maker} failed`,
    hint: `'pipe log ${at.maker}' shows what went wrong there`,
  });
