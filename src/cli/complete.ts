/** What may stand at the end of a half-typed command line; the script of `pipe completion` asks this. */

import { PipeError } from "../core/error.ts";
import { COMMANDS, commandNamed, optionsOf, type Command } from "./commands.ts";
import { OPTIONS, type Option } from "./options.ts";
import { locate } from "./locate.ts";
import { placeOf } from "./parse.ts";
import { reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

/** `words` are those after `pipe`; the last is the one that is being typed. */
export async function completions(words: readonly string[], terminal: Terminal): Promise<readonly string[]> {
  const [last = "", before] = [words.at(-1), words.at(-2)];
  const command = commandNamed(words.slice(0, -1).find((word) => !word.startsWith("-")));
  if (command === undefined) return [...COMMANDS.map(({ name }) => name), "help"];
  if (last.startsWith("-")) return optionsOf(command).map((name) => `--${name}`);
  const choices = choicesOf(command, before);
  if (choices !== undefined) return choices;
  // The shell completes files by itself.
  return command.takes === "" || command.takes === "[file]" ? [] : targetsIn(words, terminal);
}

function choicesOf(command: Command, flag: string | undefined): readonly string[] | undefined {
  const name = optionsOf(command).find((option) => flag === `--${option}`);
  if (name === undefined) return undefined;
  const { choices }: Option = OPTIONS[name];
  return choices;
}

/** Rules and the artifacts they make; none where there is no Pipefile, or none that can be read. */
async function targetsIn(words: readonly string[], terminal: Terminal): Promise<readonly string[]> {
  const found: string[] = [];
  const silent = { ...terminal, err: { write: () => true } };
  try {
    const place = locate({ cwd: terminal.cwd, ...placeOf(words) });
    await reading({ command: "list", flags: {}, words: [], place }, silent, async ({ project }) => {
      found.length = 0;
      found.push(...project.catalog.rules.keys());
      if (place.cwd === place.root) found.push(...project.catalog.outputPaths());
      return 0;
    });
  } catch (error) {
    // A person who presses the tab key is told of a broken Pipefile by the command itself.
    if (!(error instanceof PipeError)) throw error;
  }
  return found;
}
