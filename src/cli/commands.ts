/** Every command, in one table: the fast parser, the help and the docs' test all read it. Pure. */

import { EVERYWHERE, type OptionName } from "./options.ts";

export interface Command {
  readonly name: string;
  /** What it takes beside flags, as the help shows it. */
  readonly takes: "" | "<target>" | "[target..]" | "<version..>" | "[version..]" | "[file]";
  readonly description: string;
  readonly options: readonly OptionName[];
  readonly examples: readonly (readonly [typed: string, meaning: string])[];
}

export const COMMANDS = [
  {
    name: "build",
    takes: "[target..]",
    description: "bring the targets up to date",
    options: [
      "jobs",
      "keep-going",
      "dry-run",
      "force",
      "explain",
      "param",
      "offline",
      "accept",
      "reason",
      "no-cache",
      "no-wait",
      "quiet",
      "json",
    ],
    examples: [
      ["pipe build", "the default targets of the Pipefile"],
      ["pipe build model/model.pkl", "an artifact, and what it needs"],
      ["pipe build train -n", "what building the rule train would run"],
      ["pipe build train --force", "train and all that it needs, from scratch"],
      ["pipe build train --force clean", "train, and clean even if it is fresh"],
      ["pipe build --param train.seed=8", "with another value of a param"],
    ],
  },
  {
    name: "status",
    takes: "[target..]",
    description: "show which steps are stale, and why",
    options: ["check", "param", "json"],
    examples: [
      ["pipe status", "every step the default targets need"],
      ["pipe status --check model/", "exit with 1 unless model/ is up to date"],
    ],
  },
  {
    name: "why",
    takes: "<target>",
    description: "show why a target is stale, down to what changed",
    options: ["param", "json"],
    examples: [["pipe why model/model.pkl", "the chain from the artifact to the change"]],
  },
  {
    name: "restore",
    takes: "<target>",
    description: "put an earlier version of an artifact back, and hold its step to it",
    options: ["at", "reason", "list", "no-wait", "json"],
    examples: [
      ["pipe restore model/model.pkl", "the newest version that differs from what stands there"],
      ["pipe restore train --list", "the versions there are"],
      ["pipe restore train --at 2026-11-22T10:00", "what stood there then (UTC)"],
    ],
  },
  {
    name: "accept",
    takes: "<target>",
    description: "take an artifact as it stands for right",
    options: ["reason", "param", "no-wait", "json"],
    examples: [['pipe accept data/clean.csv --reason "a typo"', "keep an edit"]],
  },
  {
    name: "unpin",
    takes: "<target>",
    description: "end an override: the next build judges again",
    options: ["no-wait", "json"],
    examples: [["pipe unpin train", "back to what the Pipefile says"]],
  },
  {
    name: "models",
    takes: "[target..]",
    description: "list the versions of models and their status",
    options: ["json"],
    examples: [["pipe models", "live, healthy, rejected, and the candidates that wait"]],
  },
  {
    name: "rollback",
    takes: "[version..]",
    description: "put an earlier version of a model back, and hold it",
    options: ["if-live", "reason", "no-wait", "json"],
    examples: [
      ["pipe rollback", "the newest healthy version"],
      ['pipe rollback 3f2a9c41 --reason "drift"', "the one whose digest begins so"],
      ["pipe rollback model/model.pkl", "where there is more than one model"],
    ],
  },
  {
    name: "promote",
    takes: "<version..>",
    description: "let a model go live that was held back",
    options: ["reason", "no-wait", "json"],
    examples: [['pipe promote 9c1d04e7 --reason "new rows"', "the candidate whose digest begins so"]],
  },
  {
    name: "serve",
    takes: "",
    description: "host the model over HTTP; swap new ones in, take bad ones back",
    options: ["host", "port", "workers", "open", "build", "print-config", "json"],
    examples: [
      ["pipe serve", "on http://127.0.0.1:8080, with what 'pipe build' made"],
      ["pipe serve --build --port 0", "build first, and take any free port"],
      ["pipe serve --print-config", "each setting, and where it comes from"],
    ],
  },
  {
    name: "monitor",
    takes: "[file]",
    description: "say how the model in service fares: drift, errors, latency, labels",
    options: ["since", "follow", "no-page", "json"],
    examples: [
      ["pipe monitor", "what the service wrote; a page of it goes to reports/monitoring.html"],
      ["pipe monitor --since 24h", "of the last day"],
      ["pipe monitor --follow", "a line for each window, as it is written"],
      ["pipe monitor reports/score.json", "of a table that was scored"],
    ],
  },
  {
    name: "list",
    takes: "",
    description: "list what there is to build",
    options: ["json"],
    examples: [["pipe list", "each rule with what it makes"]],
  },
  {
    name: "graph",
    takes: "[target..]",
    description: "draw the graph of steps and sources",
    options: ["format"],
    examples: [
      ["pipe graph", "the whole graph as a tree"],
      ["pipe graph train --format mermaid", "what train needs, for a README"],
      ["pipe graph --format dot | dot -Tsvg > graph.svg", "a picture, by Graphviz"],
    ],
  },
  {
    name: "log",
    takes: "<target>",
    description: "print what the last run of a step printed",
    options: ["follow"],
    examples: [
      ["pipe log train", "the log of the rule train"],
      ["pipe log model/model.pkl -f", "of the step that makes it, while it runs"],
    ],
  },
  {
    name: "clean",
    takes: "[target..]",
    description: "remove what was built; 'pipe build' restores it from the cache",
    options: ["dead", "dry-run", "no-wait", "json"],
    examples: [
      ["pipe clean", "everything that pipe built"],
      ["pipe clean train", "what the rule train made"],
      ["pipe clean --dead -n", "what would go that no rule makes any more"],
    ],
  },
  {
    name: "verify",
    takes: "[target..]",
    description: "read everything that was built again, and say what is not as it was",
    options: ["no-wait", "json"],
    examples: [
      ["pipe verify", "all outputs, all of the cache, and lists of checksums"],
      ["pipe verify model/model.pkl", "the artifact, and what it needs"],
    ],
  },
  {
    name: "gc",
    takes: "",
    description: "free disk space: the cache down to its limit, and leftovers",
    options: ["all", "dry-run", "no-wait", "json"],
    examples: [
      ["pipe gc", "bring the cache within its limit now"],
      ["pipe gc --all -n", "what would be freed without earlier outputs"],
    ],
  },
] as const satisfies readonly Command[];

export type CommandName = (typeof COMMANDS)[number]["name"];

export const commandNamed = (name: string | undefined): ((typeof COMMANDS)[number] & Command) | undefined =>
  COMMANDS.find((command) => command.name === name);

export const optionsOf = (command: Command): readonly OptionName[] => [...command.options, ...EVERYWHERE];
