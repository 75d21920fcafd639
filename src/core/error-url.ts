/** The errors of sources that lie elsewhere. Pure. */

import { PipeError } from "./error.ts";

export const badUrl = (at: { url: string; declaredBy: string; problem: string }): PipeError =>
  new PipeError({
    code: "bad-url",
    message: `${at.declaredBy}: '${at.url}' ${at.problem}`,
    hint: 'write url("https://host/file.csv")',
  });

export const offline = (at: { url: string; problem: string }): PipeError =>
  new PipeError({
    code: "offline",
    message: `${at.url} ${at.problem}, and --offline asks no server`,
    hint: "build once without --offline",
  });
