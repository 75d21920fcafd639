/**
 * What stands on disk, looked at once a build: digests through the stat cache, and whether a path has moved since.
 *
 * A digest from the stat cache is believed only if the file's signature is the same and was old enough when the file
 * was hashed; a young one is hashed once more at the next build and then believed.
 */

import { statSync } from "node:fs";
import { isDirectory, isOwnFile } from "../core/artifact.ts";
import { ABSENT, type Digest } from "../core/staleness.ts";
import { clockOffsetMs } from "./clock.ts";
import { hashFile, isGone, stampOf, treeDigest } from "./content.ts";
import { lookOf, matches, racyMarginMs, sameStats, signatureOf, type Look, type Signature } from "./signature.ts";
import type { State } from "./state.ts";
import { listingOf, membersOf } from "./tree.ts";

interface Seen {
  readonly stats: Look | undefined;
  digest?: Digest;
  /** For a file: it was so young when it was hashed that an edit after that may look like none. */
  isYoung?: boolean;
  /** For a directory: its members' signatures, as far as they could tell of a change. */
  stamp?: string;
}

const WRONG_KIND: Digest = "of another kind";

export class Observer {
  readonly #root: string;
  readonly #state: Pick<State, "signature">;
  readonly #seen = new Map<string, Seen>();
  readonly #fresh = new Map<string, Signature>();
  /** By path: the {@link moment} at which an earlier look at it was last given up. */
  readonly #forgotten = new Map<string, number>();
  readonly #openedMs = Date.now();
  #moment = 0;
  #clockOffsetMs: number | undefined;

  constructor(root: string, state: Pick<State, "signature">) {
    // The kernel finds a short path quicker, and a large project has many.
    this.#root = process.cwd() === root ? "." : root;
    this.#state = state;
  }

  exists(path: string): boolean {
    return this.#see(path).stats !== undefined;
  }

  /** True for a directory where a file is declared, or the reverse. */
  isOfAnotherKind(path: string): boolean {
    const { stats } = this.#see(path);
    return stats !== undefined && stats.kind !== (isDirectory(path) ? "directory" : "file");
  }

  /** The content at a project path: a digest, `absent`, or `of another kind`. */
  digestOf(path: string): Digest {
    for (let triesLeft = 3; ; triesLeft--) {
      const seen = this.#see(path);
      try {
        return (seen.digest ??= this.#digest(path, seen));
      } catch (error) {
        if (triesLeft === 0 || !isGone(error)) throw error;
        this.forget(path);
      }
    }
  }

  /** True where the path may have changed after `sinceMs` of this machine's clock, as far as its times can tell. */
  isYoungerThan(path: string, sinceMs: number): boolean {
    const since = sinceMs + this.#offsetMs();
    const isYoung = ({ stats }: Seen): boolean => stats !== undefined && stats.ctimeMs > since - racyMarginMs(stats);
    if (isYoung(this.#see(path))) return true;
    // A folder's own times tell of members that come and go, not of edits to one.
    return isDirectory(path) && [...this.#seen].some(([inside, seen]) => inside.startsWith(path) && isYoung(seen));
  }

  /** How long to wait until an edit of any of these can be told from one before. */
  settlingMs(paths: readonly string[]): number {
    const margins = paths.map((path) => this.#see(path).stats).map((stats) => (stats ? racyMarginMs(stats) : 0));
    // A timer may be a little early.
    return Math.max(0, ...margins) * 1.2;
  }

  /** Counts the looks that were given up: of two steps that run at once, one may see that the other's input moved. */
  get moment(): number {
    return this.#moment;
  }

  /** True where the path no longer looks as it did at the moment it was observed, even if its content is back. */
  hasMoved(path: string, moment = this.#moment): boolean {
    if ((this.#forgotten.get(path) ?? 0) > moment) return true;
    const seen = this.#seen.get(path);
    if (seen === undefined) return false;
    const stats = this.#stat(path);
    if (seen.stats === undefined || stats === undefined) return seen.stats !== stats;
    if (seen.stats.kind !== stats.kind) return true;
    return isDirectory(path)
      ? seen.stamp !== undefined && seen.stamp !== this.#stampOf(path)
      : !sameStats(seen.stats, stats) || (seen.isYoung === true && this.#hasSlipped(path, seen));
  }

  /** True where the content is another though the file looks the same: edited within the tick in which it was hashed. */
  #hasSlipped(path: string, seen: Seen): boolean {
    seen.isYoung = false;
    return hashFile(this.#at(path)).digest !== seen.digest;
  }

  /** What was seen of the path counts no more. */
  forget(path: string): void {
    this.#moment += 1;
    this.#giveUp(path);
    if (!isDirectory(path)) return;
    for (const inside of this.#seen.keys()) if (inside.startsWith(path)) this.#giveUp(inside);
  }

  #giveUp(path: string): void {
    if (this.#seen.delete(path)) this.#forgotten.set(path, this.#moment);
  }

  /** The path now holds content that was hashed before it was moved there; `hashed` is what it looked like then. */
  publish(path: string, published: { readonly digest: Digest; readonly hashed: Look | undefined }): void {
    this.forget(path);
    const seen = this.#see(path);
    const { hashed, digest } = published;
    const { stats } = seen;
    if (hashed === undefined || stats === undefined) return;
    // A rename changes ctime alone; anything else means that somebody wrote in between.
    if (stats.ino !== hashed.ino || stats.size !== hashed.size || stats.mtimeMs !== hashed.mtimeMs) return;
    seen.digest = digest;
    this.#fresh.set(path, signatureOf(stats, digest, this.#nowMs()));
  }

  /** Hashes a file or a directory that is no project path yet, such as a staged one. */
  digestAt(place: string, path: string): { readonly digest: Digest; readonly stats: Look } {
    if (isDirectory(path)) {
      const members = membersOf(place, path);
      const listing = listingOf(members, (member) => hashFile(`${place}/${member.path}`).digest);
      const size = members.reduce((sum, member) => sum + (member.kind === "file" ? member.stats.size : 0), 0);
      return { digest: treeDigest(listing), stats: { ...lookOf(statSync(place)), size } };
    }
    return hashFile(place);
  }

  /**
   * Every path that was looked at, with its look; undefined where one of them is so young that an edit after the look
   * might have gone unseen.
   */
  allLooks(): readonly (readonly [string, Look | undefined])[] | undefined {
    const openedMs = this.#openedMs + this.#offsetMs();
    const isOld = (look: Look): boolean => openedMs - Math.max(look.mtimeMs, look.ctimeMs) > racyMarginMs(look);
    const looks: (readonly [string, Look | undefined])[] = [];
    for (const [path, { stats }] of this.#seen) {
      if (stats !== undefined && !isOld(stats)) return undefined;
      looks.push([isDirectory(path) ? path.slice(0, -1) : path, stats]);
    }
    return looks;
  }

  /** The signatures found since the last call, to be remembered. */
  takeSignatures(): readonly (readonly [string, Signature])[] {
    const taken = [...this.#fresh];
    this.#fresh.clear();
    return taken;
  }

  #see(path: string): Seen {
    const known = this.#seen.get(path);
    if (known !== undefined) return known;
    const seen: Seen = { stats: this.#stat(path) };
    this.#seen.set(path, seen);
    return seen;
  }

  #stat(path: string): Look | undefined {
    const bare = isDirectory(path) ? path.slice(0, -1) : path;
    try {
      const stats = statSync(this.#at(bare), { throwIfNoEntry: false });
      return stats && lookOf(stats);
    } catch (error) {
      // `a/b` where `a` is a file is as absent as any other.
      if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
      throw error;
    }
  }

  #digest(path: string, seen: Seen): Digest {
    if (seen.stats === undefined) return ABSENT;
    if (this.isOfAnotherKind(path)) return WRONG_KIND;
    return isDirectory(path) ? this.#digestOfDirectory(path, seen) : this.#digestOfFile(path, seen.stats);
  }

  #digestOfFile(path: string, stats: Look): Digest {
    const known = this.#fresh.get(path) ?? this.#state.signature(path);
    if (known !== undefined && known.isTrusted && matches(known, stats)) return known.digest;
    // An edit within the clock's grain may come while a long file is read, so what counts is when the reading began.
    const nowMs = this.#nowMs();
    const hashed = hashFile(this.#at(path));
    const signature = signatureOf(hashed.stats, hashed.digest, nowMs);
    this.#fresh.set(path, signature);
    this.#seen.set(path, { stats: hashed.stats, digest: hashed.digest, isYoung: !signature.isTrusted });
    return hashed.digest;
  }

  #digestOfDirectory(path: string, seen: Seen): Digest {
    const members = membersOf(this.#at(path), path).filter((member) => !isOwnFile(path + member.path));
    seen.stamp = stampOf(members);
    // A folder's own times tell of members that come and go.
    for (const member of members) if (member.kind === "directory") this.#see(`${path}${member.path}/`);
    return treeDigest(
      listingOf(members, (member) => {
        const at = path + member.path;
        this.#lookAgain(at, lookOf(member.stats));
        return this.#digest(at, this.#see(at));
      }),
    );
  }

  /** Takes a newer look at a path that a step may have been judged by already. */
  #lookAgain(path: string, stats: Look): void {
    const known = this.#seen.get(path);
    if (known?.stats !== undefined && sameStats(known.stats, stats)) return;
    if (known !== undefined) this.forget(path);
    this.#seen.set(path, { stats });
  }

  #stampOf(path: string): string {
    try {
      return stampOf(membersOf(this.#at(path), path));
    } catch (error) {
      if (isGone(error)) return "it is just being replaced";
      throw error;
    }
  }

  /** A path that was found outside of the project is absolute. */
  #at(path: string): string {
    return path.startsWith("/") ? path : `${this.#root}/${path}`;
  }

  #nowMs(): number {
    return Date.now() + this.#offsetMs();
  }

  // Signatures are judged by the clock of the file system that stamps them, which may be another machine's.
  #offsetMs(): number {
    return (this.#clockOffsetMs ??= clockOffsetMs(`${this.#root}/.pipe`));
  }
}
