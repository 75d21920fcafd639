/**
 * Ends the workers of an engine that was killed. A worker whose action never returns to its event loop does not notice
 * that the engine is gone, so a process of its own does: a shell, which costs 1 ms to start and 1 MB to keep. It is told
 * of every worker; when the pipe from the engine closes, whoever is still on its list is killed.
 *
 * Where the guardian was killed as well, the next start ends what `.pipe/workers` names.
 */

import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { startedAt } from "../store/lock.ts";
import { endTree } from "./group.ts";

const RECORD = ".pipe/workers";

/**
 * It uses the shell's own commands alone, as an engine's environment may lack any program. A worker is known by its start
 * too; one that is gone while its group is not still keeps its process id from being given away. What left the group is
 * found from parent to child, before the parent is killed.
 */
const PROGRAM = `
trap '' HUP INT TERM
list=' '
while read -r sign pid started; do
  case $sign in
  +) list="$list$pid:$started " ;;
  -) list="\${list%% $pid:*} \${list#* $pid:$started }" ;;
  esac
done
end() {
  children=
  { read -r children < "/proc/$1/task/$1/children"; } 2> /dev/null
  kill -s STOP "$1" 2> /dev/null
  for child in $children; do end "$child"; done
  kill -s KILL -- "-$1" 2> /dev/null
  kill -s KILL "$1" 2> /dev/null
}
for worker in $list; do
  pid=\${worker%%:*}
  stat=
  { read -r stat < "/proc/$pid/stat"; } 2> /dev/null
  if [ -n "$stat" ]; then
    set -- \${stat##*) }
    [ "\${20}" = "\${worker#*:}" ] || continue
  fi
  end "$pid"
done
`;

export class Guardian {
  readonly #root: string;
  /** Start by process id. */
  readonly #workers = new Map<number, string>();
  #shell: ChildProcess | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Takes a worker into its care: before the worker is told to do anything. */
  add(pid: number): void {
    const started = startedAt(pid) ?? "";
    this.#workers.set(pid, started);
    appendFileSync(`${this.#root}/${RECORD}`, `${pid} ${started}\n`);
    if (this.#shell === undefined) this.#start();
    else this.#tell("+", pid, started);
  }

  /** Nothing of the worker is left. */
  delete(pid: number): void {
    const started = this.#workers.get(pid);
    if (started === undefined) return;
    this.#workers.delete(pid);
    this.#tell("-", pid, started);
  }

  /** Ends what is still in its care, and itself. */
  close(): void {
    const shell = this.#shell;
    this.#shell = undefined;
    shell?.stdin?.end();
    rmSync(`${this.#root}/${RECORD}`, { force: true });
  }

  #start(): void {
    // Of a session of its own, so that no Ctrl-C reaches it, and in no folder that somebody may want to remove.
    const shell = spawn("/bin/sh", ["-c", PROGRAM], {
      cwd: "/",
      env: {},
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#shell = shell;
    shell.unref();
    const lost = (): void => {
      if (this.#shell !== shell) return;
      this.#shell = undefined;
      if (this.#workers.size > 0) this.#start();
    };
    // A pipe to one that was killed breaks; its exit tells of that.
    shell.stdin?.on("error", () => {});
    shell.on("exit", lost).on("error", () => {});
    for (const [pid, started] of this.#workers) this.#tell("+", pid, started);
  }

  #tell(sign: "+" | "-", pid: number, started: string): void {
    this.#shell?.stdin?.write(`${sign} ${pid} ${started}\n`);
  }
}

/** Ends the workers of an engine that was killed together with its guardian. To be called under the project's lock. */
export async function endLeftWorkers(root: string): Promise<void> {
  const file = `${root}/${RECORD}`;
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n");
  const left = lines.flatMap((line) => {
    const [, pid, started] = /^(\d+) (\d+)$/.exec(line) ?? [];
    return started !== undefined && startedAt(Number(pid)) === started ? [Number(pid)] : [];
  });
  await Promise.all(left.map((pid) => endTree(pid, 0)));
  rmSync(file, { force: true });
}
