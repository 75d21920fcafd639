/** Every command and flag, in one table: the fast parser, the help and the docs' test all read it. Pure. */

export interface Option {
  readonly type: "boolean" | "string";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help; in brackets where the value may be left away. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly description: string;
}

export const OPTIONS = {
  jobs: {
    type: "string",
    short: "j",
    value: "N",
    description: "run at most N steps at once (default: the number of cores)",
  },
  "dry-run": { type: "boolean", short: "n", description: "say what would be done, and do nothing" },
  force: {
    type: "string",
    multiple: true,
    value: "[rule]",
    description: "run this rule's steps whatever their state; without a rule, all that the targets need",
  },
  "keep-going": {
    type: "boolean",
    short: "k",
    description: "after a failure, build whatever does not need the failed step",
  },
  explain: { type: "boolean", description: "print every reason in full, and the fresh steps too" },
  param: {
    type: "string",
    multiple: true,
    value: "rule.name=value",
    description: "a param's value for this build: JSON, or a bare string",
  },
  offline: { type: "boolean", description: "take sources with a URL as they were last fetched, and ask no server" },
  "no-cache": { type: "boolean", description: "run what is stale instead of restoring it from the cache" },
  "no-wait": {
    type: "boolean",
    description: "fail with exit code 3 where another build holds the project, instead of waiting",
  },
  quiet: { type: "boolean", description: "print failures and warnings only" },
  json: { type: "boolean", description: "print JSON for programs" },
  at: {
    type: "string",
    value: "version",
    description: "a build, the first digits of a digest, or a time: the version that stood then",
  },
  list: { type: "boolean", description: "list the versions that there are, and change nothing" },
  reason: { type: "string", value: "text", description: "why, for whoever wonders later" },
  check: { type: "boolean", description: "exit with 1 where a step is stale" },
  all: { type: "boolean", description: "keep nothing in the cache but what the outputs of now need" },
  dead: { type: "boolean", description: "remove what pipe built and no rule makes any more, and nothing else" },
  follow: {
    type: "boolean",
    short: "f",
    description: "print the log as it grows, until the build that runs the step ends",
  },
  format: {
    type: "string",
    value: "format",
    choices: ["tree", "mermaid", "dot", "json"],
    description: "how to draw the graph (default: tree)",
  },
  directory: { type: "string", short: "C", value: "dir", description: "start in this folder" },
  pipefile: { type: "string", value: "path", description: "use this Pipefile; its folder is the project's root" },
  help: { type: "boolean", short: "h", description: "show help" },
  version: { type: "boolean", description: "show the version" },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

/** They apply to every command, and may stand before it. */
export const EVERYWHERE: readonly OptionName[] = ["directory", "pipefile", "help", "version"];

export interface Command {
  readonly name: string;
  /** What it takes beside flags, as the help shows it. */
  readonly takes: "" | "<target>" | "[target..]";
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
    description: "end what restore or accept decided: the next build judges the step again",
    options: ["no-wait", "json"],
    examples: [["pipe unpin train", "back to what the Pipefile says"]],
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
