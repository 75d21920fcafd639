/** What follows once a version of a model stands in its place. Doing it twice is doing it once: a kill may come between. */

import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import { deploymentLine, fieldText, type Deployment } from "../core/deployment.ts";
import type { KeptVersion } from "../core/model-version.ts";
import { letGo, rewriteVersion, versionsKept } from "./backup.ts";
import { appendAll } from "./whole.ts";

const LOG = "logs/deploy.log";

export function settleDeployment(root: string, deployment: Deployment): void {
  const { deed, folder } = deployment;
  const said = textEnd(root);
  if (isSaid(said.split("\n"), deployment)) return;
  const versions = versionsKept(root, folder);
  // A candidate may have the content of what was live before.
  const versionOf = (digest: string | undefined, isAwaited: boolean): KeptVersion | undefined =>
    versions.find((version) => version.digest === digest && (version.waiting !== undefined) === isAwaited);
  const { from, digest } = deployment;
  if (deed === "rollback") reject(root, deployment, versionOf(from, false));
  if (deed === "promote")
    letThrough(root, folder, { versions, promoted: versionOf(digest, true) ?? versionOf(digest, false) });
  else standsNow(root, deployment, versionOf(digest, false));
  logDeployment(root, deployment, said);
}

/** Says what a service did: nothing of the files follows from it. */
export function appendDeployment(root: string, deployment: Deployment): void {
  logDeployment(root, deployment, textEnd(root));
}

function standsNow(root: string, { folder, atMs }: Deployment, version: KeptVersion | undefined): void {
  if (version !== undefined) rewriteVersion(root, folder, { ...version, liveMs: atMs });
}

function reject(root: string, { folder, reason, who, atMs }: Deployment, version: KeptVersion | undefined): void {
  if (version === undefined || version.mark?.status === "rejected") return;
  rewriteVersion(root, folder, { ...version, mark: { status: "rejected", reason, who, atMs } });
}

/** What waited stands in its place now, and is kept as any other when the next one comes; it is rejected no longer. */
function letThrough(
  root: string,
  folder: string,
  of: { readonly versions: readonly KeptVersion[]; readonly promoted: KeptVersion | undefined },
): void {
  const { versions, promoted } = of;
  const first = promoted?.files.find(({ path }) => path === promoted.model);
  if (promoted === undefined || first === undefined) return;
  for (const { mark, ...version } of versions) {
    const isSame = version.files.some(({ path, digest }) => path === first.path && digest === first.digest);
    if (isSame && mark?.status === "rejected") rewriteVersion(root, folder, version);
  }
  if (promoted.waiting !== undefined) letGo(root, folder, promoted);
}

/** True where the last that was said of the model is that this very version stands there. */
function isSaid(lines: readonly string[], { deed, model, digest }: Deployment): boolean {
  if (deed !== "live") return false;
  // What a service did with a version says nothing of what stands in its place.
  const last = lines.findLast((line) => OF_FILES.test(line) && line.includes(` ${fieldText("model", model)} `));
  return last?.includes(` ${fieldText("digest", digest)} `) === true;
}

const OF_FILES = / deed=(?:live|promote|rollback) /;

/** A line that is told again after a kill is among the last. */
const TAIL_BYTES = 1 << 16;

function textEnd(root: string): string {
  const file = `${root}/${LOG}`;
  if (!existsSync(file)) return "";
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(descriptor, tail, 0, tail.length, size - tail.length);
    return tail.toString();
  } finally {
    closeSync(descriptor);
  }
}

function logDeployment(root: string, deployment: Deployment, said: string): void {
  const line = deploymentLine(deployment);
  if (said.split("\n").includes(line)) return;
  mkdirSync(`${root}/logs`, { recursive: true });
  const isTorn = said !== "" && !said.endsWith("\n");
  appendAll(`${root}/${LOG}`, `${isTorn ? "\n" : ""}${line}\n`);
}
