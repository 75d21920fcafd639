/** What follows once a version of a model stands in its place. Doing it twice is doing it once: a kill may come between. */

import { closeSync, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import { deploymentLine, fieldText, type Deployment } from "../core/deployment.ts";
import type { KeptVersion } from "../core/model-version.ts";
import { letGo, rewriteVersion, versionsKept } from "./backup.ts";
import { writeAll } from "./whole.ts";

export function settleDeployment(root: string, deployment: Deployment): void {
  const { deed, folder } = deployment;
  const versions = versionsKept(root, folder);
  // A candidate may have the content of what was live before.
  const versionOf = (digest: string | undefined, isAwaited: boolean): KeptVersion | undefined =>
    versions.find((version) => version.digest === digest && (version.waiting !== undefined) === isAwaited);
  const { from, digest } = deployment;
  if (deed === "rollback") reject(root, deployment, versionOf(from, false));
  if (deed === "promote")
    letThrough(root, folder, { versions, promoted: versionOf(digest, true) ?? versionOf(digest, false) });
  logDeployment(root, deployment);
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
  const last = lines.findLast((line) => line.includes(` ${fieldText("model", model)} `));
  return last?.includes(` ${fieldText("digest", digest)} `) === true;
}

/** A line that is told again after a kill is among the last. */
const TAIL_BYTES = 1 << 16;

function logDeployment(root: string, deployment: Deployment): void {
  const file = `${root}/logs/deploy.log`;
  mkdirSync(`${root}/logs`, { recursive: true });
  const descriptor = openSync(file, "a+");
  try {
    const { size } = fstatSync(descriptor);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(descriptor, tail, 0, tail.length, size - tail.length);
    const text = tail.toString();
    const line = deploymentLine(deployment);
    const lines = text.split("\n");
    if (lines.includes(line) || isSaid(lines, deployment)) return;
    const isTorn = text !== "" && !text.endsWith("\n");
    writeAll(descriptor, `${isTorn ? "\n" : ""}${line}\n`, file);
  } finally {
    closeSync(descriptor);
  }
}
