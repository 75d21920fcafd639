/** Reads a command line by the table alone, with what Node has built in; loading yargs would double the start-up. Pure. */

import { parseArgs } from "node:util";
import { commandNamed, optionsOf, type Command, type CommandName } from "./commands.ts";
import { OPTIONS, type Option, type OptionName } from "./options.ts";

export type Flags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>["values"];

export interface Parsed {
  readonly command: CommandName;
  readonly flags: Flags;
  /** What was typed beside the command and its flags. */
  readonly words: readonly string[];
}

/** Why a command line is none that can be run as it stands: help is asked for, or something is wrong with it. */
export interface Unparsed {
  readonly command?: undefined;
  /** Missing where only help or the version is asked for. */
  readonly problem?: string;
}

export function parse(args: readonly string[]): Parsed | Unparsed {
  const found = tokensOf(withForceValues(args));
  if (typeof found === "string") return { problem: found };
  const [name, ...words] = found.positionals;
  const flags = found.values;
  if (flags.help === true || flags.version === true || name === "help") return {};
  const command = commandNamed(name);
  if (command === undefined)
    return { problem: name === undefined ? "no command is given" : `there is no command '${name}'` };
  const problem = problemOf(command, { flags, words });
  return problem === undefined ? { command: command.name, flags, words } : { problem };
}

/** The folder and the Pipefile that a command line names, whatever else is wrong with it. */
export function placeOf(args: readonly string[]): { readonly directory?: string; readonly pipefile?: string } {
  const { directory, pipefile } = OPTIONS;
  const { values } = parseArgs({ args: [...args], options: { directory, pipefile }, strict: false });
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const [folder, file] = [text(values["directory"]), text(values["pipefile"])];
  return { ...(folder === undefined ? {} : { directory: folder }), ...(file === undefined ? {} : { pipefile: file }) };
}

function tokensOf(args: readonly string[]): { values: Flags; positionals: string[] } | string {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS")) {
      return inOurWords(error.message);
    }
    throw error;
  }
}

function inOurWords(message: string): string {
  const [, flag] = /^Option '(-.*?)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(message) ?? [];
  if (flag !== undefined) return `${flag} needs a value`;
  const [, unknown] = /^Unknown option '(.*?)'/.exec(message) ?? [];
  return unknown === undefined ? (message.split(/\.\s/, 1)[0] ?? message) : `there is no flag ${unknown}`;
}

/**
 * `--force train` names a rule, a bare `--force` means all, and `--force model/model.pkl` is a bare one before a target:
 * a rule's name has neither a slash nor a dot. Node's parser knows no flag whose value may be missing.
 */
function withForceValues(args: readonly string[]): readonly string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const read: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [arg = "", next] = [args[at], args[at + 1]];
    if (arg !== "--force" || at >= end) read.push(arg);
    else if (next !== undefined && at + 1 < end && /^[^-./][^./]*$/.test(next)) read.push(`--force=${args[++at]}`);
    else read.push("--force=");
  }
  return read;
}

function problemOf(
  command: Command,
  given: { readonly flags: Flags; readonly words: readonly string[] },
): string | undefined {
  const { flags, words } = given;
  const stray = (Object.keys(flags) as OptionName[]).find((name) => !optionsOf(command).includes(name));
  if (stray !== undefined) return `'pipe ${command.name}' has no flag --${stray}`;
  if (command.takes === "" && words.length > 0) return `'pipe ${command.name}' takes no target`;
  if (command.takes === "<target>" && words.length !== 1) return `'pipe ${command.name}' takes one target`;
  if (command.takes === "[file]" && words.length > 1) return `'pipe ${command.name}' takes one file`;
  for (const name of command.options) {
    const { choices }: Option = OPTIONS[name];
    const value = flags[name];
    if (choices !== undefined && typeof value === "string" && !choices.includes(value)) {
      return `--${name} is one of ${choices.join(", ")}, not '${value}'`;
    }
  }
  return undefined;
}
