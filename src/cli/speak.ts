/** Help, completion, and what is wrong with a command line: yargs, told by the table. Loaded for these alone. */

import yargs, { type Argv } from "yargs";
import manifest from "../../package.json" with { type: "json" };
import type { PipeError } from "../core/error.ts";
import { badUsage } from "../core/usage.ts";
import { nearest } from "../core/nearest.ts";
import { COMMANDS, commandNamed, optionsOf, type Command } from "./commands.ts";
import { EVERYWHERE, OPTIONS, type Option, type OptionName } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Shows help, the version or completions, or throws what is wrong; `problem` is what the fast parser found, if anything. */
export async function speak(args: readonly string[], problem: string | undefined, terminal: Terminal): Promise<number> {
  if (args.length === 0) {
    terminal.err.write(`${await parserOf(terminal).getHelp()}\n`);
    return 2;
  }
  // What the script of 'pipe completion' calls, with the words of the line so far.
  if (args[0] === "--get-yargs-completions") {
    const { completions } = await import("./complete.ts");
    return say(terminal, (await completions(args.slice(2), terminal)).join("\n"));
  }
  const asked = args[0] === "help" ? [...args.slice(1), "--help"] : [...args];
  if (asked.includes("--version")) return say(terminal, manifest.version);
  const said = await outputOf(parserOf(terminal), asked);
  if (said.problem === undefined && (said.output !== "" || problem === undefined)) return say(terminal, said.output);
  throw usageError(args, problem ?? said.problem ?? "");
}

function say(terminal: Terminal, text: string): number {
  terminal.out.write(`${text}\n`);
  return 0;
}

interface Said {
  readonly output: string;
  readonly problem: string | undefined;
}

function outputOf(parser: Argv, args: readonly string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    const done = parser.parse([...args], {}, (error, _argv, output) => resolve({ output, problem: error?.message }));
    Promise.resolve(done).catch(reject);
  });
}

function parserOf(terminal: Terminal): Argv {
  const parser = yargs()
    .scriptName("pipe")
    .usage("$0 <command>\n\nMake for data and models.")
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
    })
    .detectLocale(false)
    .exitProcess(false)
    .version(false)
    .help("help", OPTIONS.help.description)
    .alias("help", "h")
    .wrap(Math.min(100, terminal.out.columns ?? 80))
    .completion("completion", "print a script that completes commands and flags in bash or zsh")
    .demandCommand(1, "no command is given")
    .strict();
  for (const command of COMMANDS)
    parser.command(command.name + (command.takes === "" ? "" : ` ${command.takes}`), command.description, (of) =>
      detailed(of, command),
    );
  for (const name of EVERYWHERE) if (name !== "help") parser.option(name, optionFor(name));
  return parser.epilogue("'pipe <command> --help' shows a command's flags and examples.");
}

function detailed(parser: Argv, command: Command): Argv {
  parser.usage(`$0 ${command.name} ${command.takes}\n\n${command.description}`).epilogue("");
  for (const name of command.options) parser.option(name, optionFor(name));
  parser.group([...command.options], "Flags:").group([...EVERYWHERE], "Everywhere:");
  for (const [typed, meaning] of command.examples) parser.example(typed, meaning);
  return parser;
}

function optionFor(name: OptionName): object {
  const { type, short, choices, value, description }: Option = OPTIONS[name];
  const shown = value === undefined ? description : `${value}: ${description}`;
  return {
    type,
    description: shown,
    ...(short === undefined ? {} : { alias: short }),
    ...(choices === undefined ? {} : { choices }),
    ...(type === "string" && value?.startsWith("[") !== true ? { requiresArg: true } : {}),
  };
}

function usageError(args: readonly string[], problem: string): PipeError {
  const word = args.find((arg) => !arg.startsWith("-"));
  const command = commandNamed(word);
  if (command === undefined) {
    const near =
      word === undefined ? undefined : nearest(word, [...COMMANDS.map(({ name }) => name), "help", "completion"]);
    return badUsage({ problem, near: near && `pipe ${near}`, see: "pipe --help" });
  }
  const known = optionsOf(command).flatMap((name) => [`--${name}`, ...shortOf(name)]);
  const typed = args.map((arg) => arg.split("=", 1)[0] ?? arg);
  const stray = typed.find((arg) => arg.startsWith("--") && arg !== "--" && !known.includes(arg));
  return badUsage({
    problem,
    near: stray === undefined ? undefined : nearest(stray, known),
    see: `pipe ${command.name} --help`,
  });
}

function shortOf(name: OptionName): readonly string[] {
  const { short }: Option = OPTIONS[name];
  return short === undefined ? [] : [`-${short}`];
}
