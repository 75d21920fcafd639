/** Every flag, in one table: the fast parser, the help and the docs' test all read it. Pure. */

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
  "if-live": {
    type: "string",
    value: "digest",
    description: "only where the model that stands there has this SHA-256, or one that begins so",
  },
  accept: { type: "boolean", description: "let a model go live that its gate would hold back" },
  check: { type: "boolean", description: "exit with 1 where a step is stale" },
  all: { type: "boolean", description: "keep nothing in the cache but what the outputs of now need" },
  dead: { type: "boolean", description: "remove what pipe built and no rule makes any more, and nothing else" },
  follow: {
    type: "boolean",
    short: "f",
    description: "go on, and print what is added as it is added",
  },
  since: {
    type: "string",
    value: "time",
    description: "what ended since then: a length of time such as 24h, or a time (UTC)",
  },
  "no-page": { type: "boolean", description: "write no page to reports/" },
  format: {
    type: "string",
    value: "format",
    choices: ["tree", "mermaid", "dot", "json"],
    description: "how to draw the graph (default: tree)",
  },
  host: {
    type: "string",
    value: "address",
    description: "listen on this address (default: 127.0.0.1, this machine alone)",
  },
  port: { type: "string", value: "N", description: "listen on this port (default: 8080; 0 takes any that is free)" },
  workers: { type: "string", value: "N", description: "answer from N processes (default: 1)" },
  open: { type: "boolean", description: "listen on more than this machine though no API_TOKEN is set" },
  build: { type: "boolean", description: "build the default targets first" },
  "print-config": { type: "boolean", description: "print each setting with its origin, and do nothing" },
  directory: { type: "string", short: "C", value: "dir", description: "start in this folder" },
  pipefile: { type: "string", value: "path", description: "use this Pipefile; its folder is the project's root" },
  help: { type: "boolean", short: "h", description: "show help" },
  version: { type: "boolean", description: "show the version" },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

/** They apply to every command, and may stand before it. */
export const EVERYWHERE: readonly OptionName[] = ["directory", "pipefile", "help", "version"];
