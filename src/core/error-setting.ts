/** Every mistake in the settings of a service: which one, where it was made, and what is expected. Pure. */

import { PipeError } from "./error.ts";

/** `origin` is such as `app.env line 3`; `expected` follows 'is'. The value is not shown: it may be a secret. */
export const badSetting = (at: { name: string; origin: string; expected: string }): PipeError =>
  new PipeError({
    code: "bad-setting",
    message: `${at.name} (${at.origin}) is no ${at.expected}`,
    hint: "docs/serve.md lists the settings, and what each may be",
  });

export const unknownSetting = (at: { name: string; line: number; near: string | undefined }): PipeError =>
  new PipeError({
    code: "unknown-setting",
    message: `app.env line ${at.line}: there is no setting ${at.name}`,
    hint: at.near === undefined ? "docs/serve.md lists the settings" : `did you mean ${at.near}?`,
  });

/** `problem` follows the line. */
export const badSettingLine = (at: { line: number; problem: string }): PipeError =>
  new PipeError({
    code: "bad-setting",
    message: `app.env line ${at.line} ${at.problem}`,
    hint: "a line is NAME=value, or a comment that begins with #",
  });

export const openHost = (at: { host: string; origin: string }): PipeError =>
  new PipeError({
    code: "open-host",
    message: `HOST ${at.host} (${at.origin}) is reachable from other machines, and no API_TOKEN is set`,
    hint: "set API_TOKEN in app.env, or say with --open that anybody may ask",
  });
