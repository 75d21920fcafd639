/** The shortest build: nothing that the last one looked at has changed since, so there is nothing to judge. */

import { createHash, randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Emit } from "./core/event.ts";
import { newBuildId } from "./build-id.ts";
import type { Project } from "./project.ts";
import type { Environment } from "./run/invocation.ts";
import { ledgerOf } from "./store/ledger.ts";
import { lookOf } from "./store/signature.ts";
import { unchangedSnapshot, writeSnapshot, type Snapshot } from "./store/snapshot.ts";
import { notReported } from "./warning.ts";

export interface UnchangedRequest {
  readonly root: string;
  readonly env: Environment;
  /** What was typed, in any form: another text is another build. */
  readonly asked: string;
  readonly jobs: number;
  readonly emit: Emit;
}

const TOOL = fileURLToPath(new URL("./pipe.js", import.meta.url));
const FORMAT = 2;

/** Tells of an all-fresh build and returns true, if the last build of the same request was one and nothing has changed. */
export function isUnchanged(request: UnchangedRequest): boolean {
  const { root, env, asked, jobs } = request;
  const startedMs = Date.now();
  const circumstances = circumstancesOf(root, asked);
  const holds = (snapshot: Snapshot): boolean =>
    snapshot.circumstances === circumstances &&
    Object.entries(snapshot.env).every(([name, digest]) => saltedDigest(snapshot.salt, env[name]) === digest);
  const snapshot = unchangedSnapshot(process.cwd() === root ? "." : root, holds);
  if (snapshot === undefined) return false;
  const build = newBuildId(startedMs);
  const ledger = ledgerOf(root, build, (refusal) => request.emit(notReported(refusal)));
  const emit: Emit = (event) => {
    ledger.record(event);
    request.emit(event);
  };
  const none = { built: 0, restored: 0, failed: 0, skipped: 0, exitCode: 0 };
  const { steps, targets } = snapshot;
  emit({ type: "build-started", build, atMs: startedMs, targets, steps: steps.length, jobs });
  for (const step of steps) emit({ type: "step-fresh", step });
  emit({ type: "build-finished", build, durationMs: Date.now() - startedMs, fresh: steps.length, ...none });
  ledger.close();
  return true;
}

/**
 * Remembers an all-fresh build, after the state is closed. Nothing is remembered where an answer may come from elsewhere
 * than the files: a Pipefile that sees more than itself, a glob, a tool that was asked for its version.
 */
export function rememberUnchanged(
  project: Project,
  of: { readonly asked: string; readonly targets: readonly string[]; readonly steps: readonly string[] },
): void {
  const { root, env, observer, catalog, isClosed } = project;
  const rules = [...catalog.rules.values()];
  const hasGlobs = rules.some((rule) => rule.inputs.some((slot) => slot.glob !== undefined));
  const hasTools = rules.some((rule) => Object.keys(rule.tools).length > 0);
  const looks = isClosed && !hasGlobs && !hasTools ? observer.allLooks() : undefined;
  if (looks === undefined) return;
  const salt = randomBytes(8).toString("hex");
  const names = [...new Set(rules.flatMap((rule) => rule.env))];
  const snapshot: Snapshot = {
    circumstances: circumstancesOf(root, of.asked),
    env: Object.fromEntries(names.map((name) => [name, saltedDigest(salt, env[name])])),
    salt,
    targets: of.targets,
    steps: of.steps,
  };
  // The state first: a build that changed anything has written to it, and then no other path needs to be looked at.
  const first = [`${root}/.pipe/state.log`, TOOL].map((path) => [path, lookOf(statSync(path))] as const);
  writeSnapshot(root, snapshot, [...first, ...looks]);
}

const circumstancesOf = (root: string, asked: string): string =>
  JSON.stringify([FORMAT, root, dirname(TOOL), process.version, process.platform, process.arch, asked]);

// The value may be a secret: what is kept of it tells no more than that it changed.
const saltedDigest = (salt: string, value: string | undefined): string =>
  value === undefined ? "unset" : createHash("sha256").update(`${salt}\n${value}`).digest("hex");
