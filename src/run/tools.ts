/** The versions that a rule's tools print. Asked once a build; the answer of a native program is kept while it stays the same. */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { toolFailed } from "../core/error.ts";
import { replaceFile } from "../store/whole.ts";
import type { Environment } from "./invocation.ts";

interface Answer {
  readonly path: string;
  readonly program: string;
  readonly signature: string;
  readonly version: string;
}

const LONGEST_WAIT_MS = 30_000;

export class Tools {
  readonly #root: string;
  readonly #file: string;
  readonly #env: Environment;
  readonly #asked = new Map<string, string>();

  constructor(root: string, env: Environment) {
    this.#root = root;
    this.#file = `${root}/.pipe/tools.json`;
    this.#env = env;
  }

  /** What the command prints, its exit code being 0. */
  versionOf(command: string, rule: string): string {
    const known = this.#asked.get(command) ?? this.#remembered(command) ?? this.#ask(command, rule);
    this.#asked.set(command, known);
    return known;
  }

  #ask(command: string, rule: string): string {
    const { status, stdout, stderr, error } = spawnSync("sh", ["-c", command], {
      cwd: this.#root,
      env: this.#env,
      encoding: "utf8",
      timeout: LONGEST_WAIT_MS,
    });
    if (status !== 0)
      throw toolFailed({ rule, command, problem: error?.message ?? `exit code ${status}: ${stderr.trim()}` });
    // Python 2 and Java print their version to stderr.
    const version = `${stdout}${stdout === "" ? stderr : ""}`.trim();
    const program = this.#nativeProgram(command);
    if (program !== undefined)
      this.#remember(command, { path: this.#env["PATH"] ?? "", program, signature: signatureOf(program), version });
    return version;
  }

  #remembered(command: string): string | undefined {
    const answer = this.#answers()[command];
    if (answer === undefined || answer.path !== this.#env["PATH"] || this.#nativeProgram(command) !== answer.program)
      return undefined;
    return signatureOf(answer.program) === answer.signature ? answer.version : undefined;
  }

  #remember(command: string, answer: Answer): void {
    replaceFile(this.#file, JSON.stringify({ ...this.#answers(), [command]: answer }));
  }

  #answers(): Readonly<Record<string, Answer>> {
    try {
      return JSON.parse(readFileSync(this.#file, "utf8")) as Record<string, Answer>;
    } catch {
      // Missing or damaged: each tool is asked again.
      return {};
    }
  }

  /**
   * The program of a plain command with nothing but options, if it is machine code itself: a script may choose another
   * version at each call, and so may what an interpreter is told to run.
   */
  #nativeProgram(command: string): string | undefined {
    const [word = "", ...options] = command.trim().split(/\s+/);
    if (options.some((option) => !option.startsWith("-"))) return undefined;
    if (!/^[\w./+-]+$/.test(word) || /[;&|<>$`(]/.test(command)) return undefined;
    const places = word.includes("/")
      ? [isAbsolute(word) ? word : join(this.#root, word)]
      : (this.#env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, word));
    const found = places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile() === true);
    if (found === undefined) return undefined;
    const program = realpathSync(found);
    return isMachineCode(program) ? program : undefined;
  }
}

function signatureOf(file: string): string {
  const { dev, ino, size, mtimeMs, ctimeMs } = statSync(file);
  return [dev, ino, size, mtimeMs, ctimeMs].join(" ");
}

/** ELF, or Mach-O of one or of several processors. */
function isMachineCode(file: string): boolean {
  const magic = Buffer.alloc(4);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, magic, 0, 4, 0);
  } finally {
    closeSync(descriptor);
  }
  return ["7f454c46", "cffaedfe", "cafebabe"].includes(magic.toString("hex"));
}
