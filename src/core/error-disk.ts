/** What the system refuses, told like a mistake of the user's: what, where, and what to do about it. Pure. */

import { PipeError } from "./error.ts";

/** An error of the system, as Node gives it. */
export interface SystemError {
  readonly code?: string | undefined;
  readonly syscall?: string | undefined;
  readonly path?: string | undefined;
  readonly dest?: string | undefined;
  readonly message: string;
}

/** True for what a project, a disk or a limit can cause, as opposed to a mistake in how we call the system. */
export const isRefusal = ({ code = "", syscall }: SystemError): boolean => syscall !== undefined && code in REFUSALS;

/** The error for a person; the system's own words where it is of no kind that we know more of. */
export function refused(error: SystemError): PipeError {
  const make = REFUSALS[error.code ?? ""] ?? refusedOtherwise;
  return make(error);
}

const diskFull = (error: SystemError): PipeError =>
  new PipeError({
    code: "disk-full",
    message: `no space is left on the device: ${deedOf(error)}`,
    hint: "free some space, then build again; 'df' shows how much each disk has",
  });

const noPermission = (error: SystemError): PipeError =>
  new PipeError({
    code: "no-permission",
    message: `permission denied: ${deedOf(error)}`,
    hint: `'ls -ld ${placesOf(error)[0] ?? "."}' shows whose it is; 'chmod u+rwX' gives you access to what is yours`,
  });

const readOnly = (error: SystemError): PipeError =>
  new PipeError({
    code: "read-only",
    message: `the file system is read-only: ${deedOf(error)}`,
    hint: "mount it so that it can be written to, or copy the project to where it can",
  });

const tooManyFiles = (error: SystemError): PipeError =>
  new PipeError({
    code: "too-many-files",
    message: `no more files can be open at once: ${deedOf(error)}`,
    hint: "raise the limit with 'ulimit -n 1024', or run fewer steps at once with -j 1",
  });

const inTheWay = (error: SystemError): PipeError =>
  new PipeError({
    code: "in-the-way",
    message: `a file stands where a folder is needed, or the reverse: ${deedOf(error)}`,
    hint: `look at ${placesOf(error).at(-1) ?? "the path"} and the folders above it, and rename what is in the way`,
  });

const refusedOtherwise = (error: SystemError): PipeError =>
  new PipeError({ code: "refused", message: `the system refuses: ${error.message}`, hint: undefined });

const REFUSALS: Readonly<Record<string, (error: SystemError) => PipeError>> = {
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: readOnly,
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
  ENOTDIR: inTheWay,
  EISDIR: inTheWay,
  EEXIST: inTheWay,
  EIO: refusedOtherwise,
  ELOOP: refusedOtherwise,
  ENAMETOOLONG: refusedOtherwise,
  EBUSY: refusedOtherwise,
  ESTALE: refusedOtherwise,
  ENOMEM: refusedOtherwise,
  EAGAIN: refusedOtherwise,
};

const placesOf = ({ path, dest }: SystemError): readonly string[] => [path, dest].flatMap((place) => place ?? []);

const deedOf = (error: SystemError): string => [error.syscall, placesOf(error).join(" to ")].join(" ").trim();
