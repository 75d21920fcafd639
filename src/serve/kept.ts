/** The versions of the served model that the project keeps: which may come back, and what is said of one. */

import { spawn } from "node:child_process";
import type { Deployment } from "../core/deployment.ts";
import { shortDigest, type KeptVersion, type Mark, type ModelFile } from "../core/model-version.ts";
import type { Unit } from "../core/unit.ts";
import { rewriteVersion, versionFolder, versionsKept } from "../store/backup.ts";
import { appendDeployment } from "../store/deployment.ts";
import { tryLock } from "../store/lock.ts";
import type { ModelPlace } from "./read.ts";

export interface KeptRequest {
  readonly root: string;
  readonly place: ModelPlace;
  /** Undefined where no rule keeps versions of the model. */
  readonly unit: Pick<Unit, "folder"> | undefined;
  /** Who decides what the service decides. */
  readonly who: string;
  /** Told of each deed that is logged, and where the log cannot be written, why. */
  readonly onDeed: (deed: Deed, unlogged: string | undefined) => void;
  /** Runs a command of pipe in a process of its own; resolves with what it printed to stderr, and its exit code. */
  readonly pipe: (args: readonly string[]) => Promise<{ readonly exitCode: number; readonly said: string }>;
}

/** What was done, and with which model. */
export interface Deed {
  readonly deed: Deployment["deed"];
  readonly digest: string;
  readonly from?: string | undefined;
  readonly reason: string;
}

/** What may be served in the place of the model. */
export interface HealthyVersion extends ModelPlace {
  readonly digest: string;
}

export class Kept {
  readonly #request: KeptRequest;
  /** Of models whose versions nobody keeps, or that could not be marked. */
  readonly #rejected = new Map<string, string>();

  constructor(request: KeptRequest) {
    this.#request = request;
  }

  /** Why the model with this SHA-256 is not to be served; undefined where it may be. */
  rejectionOf(digest: string): string | undefined {
    const own = this.#rejected.get(digest);
    if (own !== undefined) return own;
    const mark = this.#version(digest)?.mark;
    return mark?.status === "rejected" ? rejectionText(mark) : undefined;
  }

  /** Those that may come back, what was live last first. */
  healthy(): readonly HealthyVersion[] {
    const { unit, place, root } = this.#request;
    if (unit === undefined) return [];
    const fileOf = ({ files }: KeptVersion, path: string): ModelFile | undefined =>
      files.find((file) => file.path === path);
    return versionsKept(root, unit.folder)
      .filter(({ isKept, waiting, mark }) => isKept && waiting === undefined && mark?.status !== "rejected")
      .toSorted((a, b) => (b.liveMs ?? b.atMs) - (a.liveMs ?? a.atMs))
      .flatMap((version) => {
        const folder = versionFolder(unit.folder, version);
        const { sha256: digest } = fileOf(version, place.model) ?? {};
        if (digest === undefined || fileOf(version, place.checksum) === undefined) return [];
        return [{ digest, model: `${folder}/${place.model}`, checksum: `${folder}/${place.checksum}` }];
      });
  }

  /** Never again is this model served, until a person says otherwise. */
  reject(digest: string, reason: string): void {
    this.#rejected.set(digest, reason);
  }

  /** Puts the files of a version in the place of a model that is rejected. The result is why that could not be. */
  async putBack(of: {
    readonly to: string;
    readonly from: string;
    readonly reason: string;
  }): Promise<string | undefined> {
    const { to, from, reason } = of;
    if (this.#request.unit === undefined) return "no rule keeps versions of it (backup)";
    const version = this.#version(to);
    if (version?.isKept !== true) return `no version ${shortDigest(to)} is kept`;
    const args = ["rollback", version.digest, "--if-live", from, "--reason", reason, "--json"];
    const { exitCode, said } = await this.#request.pipe(args);
    if (exitCode !== 0) return said.trim().split("\n")[0] ?? `'pipe rollback' ended with ${exitCode}`;
    // From here on the mark of the version says it, which 'pipe promote' may take away.
    if (this.#version(from)?.mark?.status === "rejected") this.#rejected.delete(from);
    return undefined;
  }

  /** The version has passed its probation. False where a build has the project: then it is to be said again. */
  markHealthy(digest: string, reason: string): boolean {
    const { unit, root, who } = this.#request;
    if (unit === undefined || this.#version(digest) === undefined) return true;
    const release = tryLock({ root, doing: "pipe serve" });
    if (release === undefined) return false;
    try {
      const version = this.#version(digest);
      if (version !== undefined && version.mark === undefined)
        rewriteVersion(root, unit.folder, { ...version, mark: { status: "healthy", reason, who, atMs: Date.now() } });
      return true;
    } finally {
      release();
    }
  }

  /** Writes a line to the log of deployments. What is in service does not depend on whether it can be written. */
  log(done: Deed): void {
    const { root, place, unit, who, onDeed } = this.#request;
    const { deed, digest, from, reason } = done;
    const atMs = Date.now();
    try {
      appendDeployment(root, {
        id: `${atMs}-${shortDigest(digest)}`,
        deed,
        model: place.model,
        folder: unit?.folder ?? "",
        digest,
        ...(from !== undefined && { from }),
        reason,
        who,
        atMs,
      });
      onDeed(done, undefined);
    } catch (error) {
      onDeed(done, (error as Error).message);
    }
  }

  /** The one whose served file has this SHA-256. */
  #version(digest: string): KeptVersion | undefined {
    const { unit, root, place } = this.#request;
    if (unit === undefined) return undefined;
    return versionsKept(root, unit.folder).find(
      ({ waiting, files }) =>
        waiting === undefined && files.some(({ path, sha256 }) => path === place.model && sha256 === digest),
    );
  }
}

const rejectionText = ({ reason, who, atMs }: Mark): string =>
  `it was rejected on ${new Date(atMs).toISOString()} by ${who}${reason === "" ? "" : `: ${reason}`}`;

/** Runs this very command again, with other words, in a process of its own: what builds does not stay in the service. */
export function pipeFrom(entry: string, pipefile: string): KeptRequest["pipe"] {
  return (args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [entry, ...args, "--pipefile", pipefile], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      const said: Buffer[] = [];
      child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
      child.once("error", reject);
      child.once("close", (code) => resolve({ exitCode: code ?? 1, said: Buffer.concat(said).toString() }));
    });
}
