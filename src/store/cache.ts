/**
 * Outputs of earlier runs: content-addressed objects, and for each key the runs that had it.
 *
 * An object is a copy of its own (or a copy-on-write clone), never a hard link: nothing that is done to the working tree
 * reaches it. Every restore hashes what it copied, so a damaged object is a miss and is thrown away.
 *
 * Projects may share the folder, so an object may go at any moment. Nothing asks whether one is there before it reads it:
 * what cannot be read is a miss.
 */

import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { isDirectory } from "../core/artifact.ts";
import type { Digest, PathState } from "../core/staleness.ts";
import { candidatesIn, lineOfCandidate, type Candidate } from "./candidate.ts";
import { digestOfText } from "./digest.ts";
import type { Observer } from "./observer.ts";
import { addToTally } from "./tally.ts";
import { listingOf, membersOf, readListing, type ListedMember } from "./tree.ts";

const TALLIED_AT_ONCE = 16e6;

export class Cache {
  readonly folder: string;
  readonly #observer: Observer;
  readonly #made = new Set<string>();
  readonly #candidates = new Map<string, readonly Candidate[]>();
  // Projects that share the folder may be in containers, whose process ids are the same.
  readonly #id = `${process.pid}-${randomBytes(4).toString("hex")}`;
  #copies = 0;
  #untalliedBytes = 0;
  #hasGrown = false;

  constructor(folder: string, observer: Observer) {
    this.folder = folder;
    this.#observer = observer;
  }

  /** Newest first. */
  candidates(key: string): readonly Candidate[] {
    const known = this.#candidates.get(key) ?? this.#readCandidates(key);
    this.#candidates.set(key, known);
    return known;
  }

  #readCandidates(key: string): readonly Candidate[] {
    return candidatesIn(readOrMissing(this.#place("entries", key)) ?? "").toReversed();
  }

  remember(key: string, candidate: Candidate): void {
    const known = this.candidates(key);
    const [newest] = known;
    if (newest === undefined || JSON.stringify(newest) !== JSON.stringify(candidate)) {
      appendFileSync(this.#makePlace("entries", key), lineOfCandidate(candidate));
      this.#candidates.set(key, [candidate, ...known]);
    }
    if (this.#untalliedBytes > TALLIED_AT_ONCE) this.tally();
  }

  /** Adds what was stored to the count of what the cache holds, once for many steps; true where anything was. */
  tally(): boolean {
    if (this.#untalliedBytes > 0) addToTally(this.folder, this.#untalliedBytes);
    this.#untalliedBytes = 0;
    return this.#hasGrown;
  }

  /** What was read of entries counts no more: some of them are gone. */
  forgetEntries(): void {
    this.#candidates.clear();
  }

  has(digest: Digest): boolean {
    return existsSync(this.#place("objects", digest));
  }

  /** True where the object is there and holds what its name says; of a directory, with all its members. */
  isWhole(digest: Digest): boolean {
    if (!isListing(digest)) return this.isIntact(digest);
    return this.membersOf(digest)?.every(({ kind, content }) => kind !== "file" || this.isIntact(content)) === true;
  }

  /** True where the object itself, of a directory its listing, holds what its name says. */
  isIntact(digest: Digest): boolean {
    return this.#found(digest) === nameOfFile(digest);
  }

  /** Throws the object away where it is there and does not hold what its name says; true where it did. */
  dropIfDamaged(digest: Digest): boolean {
    const found = this.#found(digest);
    if (found === undefined || found === nameOfFile(digest)) return false;
    this.remove(digest);
    return true;
  }

  #found(digest: Digest): Digest | undefined {
    const place = this.#place("objects", digest);
    return unlessMissing(() => this.#observer.digestAt(place, "object").digest);
  }

  /** The members of a directory that is kept; undefined where its listing is missing, or for a file. */
  membersOf(digest: Digest): readonly ListedMember[] | undefined {
    const listing = isListing(digest) ? this.textOf(digest) : undefined;
    return listing === undefined ? undefined : readListing(listing);
  }

  /** Keeps the content of a file or directory that stands at `place`. */
  store(place: string, artifact: PathState): void {
    if (!isDirectory(artifact.path)) return this.#copyIn(place, artifact.digest);
    const members = membersOf(place, artifact.path);
    const listing = listingOf(members, (member) => {
      const file = `${place}/${member.path}`;
      const { digest } = this.#observer.digestAt(file, member.path);
      this.#copyIn(file, digest);
      return digest;
    });
    this.storeText(listing, artifact.digest);
  }

  storeText(text: string, digest: Digest = digestOfText(text)): Digest {
    if (this.textOf(digest) !== undefined) this.use(digest);
    else this.#bring(digest, (file) => writeFileSync(file, text));
    return digest;
  }

  /** A kept text; undefined where it is missing, or damaged and hence thrown away. */
  textOf(digest: Digest): string | undefined {
    const text = readOrMissing(this.#place("objects", digest));
    if (text === undefined || digestOfText(text) === nameOfFile(digest)) return text;
    this.remove(digest);
    return undefined;
  }

  remove(digest: Digest): void {
    rmSync(this.#place("objects", digest), { force: true });
  }

  /** The object was of use now: of those that were not, the oldest go first. */
  use(digest: Digest): void {
    const now = new Date();
    try {
      utimesSync(this.#place("objects", digest), now, now);
    } catch (error) {
      // Gone meanwhile, or another user's, who alone may do this: it keeps its age.
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    }
  }

  /** Copies an artifact to `place`; false, with nothing of it believed, where an object is missing or damaged. */
  restore(artifact: PathState, place: string): boolean {
    if (!isDirectory(artifact.path)) return this.#copyOut(artifact.digest, place);
    const members = this.membersOf(artifact.digest);
    if (members === undefined) return false;
    this.use(artifact.digest);
    mkdirSync(place, { recursive: true });
    const areWhole = members.map(({ path, kind, content }) => {
      const at = `${place}/${path}`;
      if (kind === "directory") mkdirSync(at, { recursive: true });
      else if (kind === "link") symlinkSync(content, at);
      return kind !== "file" || this.#copyOut(content, at);
    });
    return areWhole.every(Boolean);
  }

  #copyIn(file: string, digest: Digest): void {
    if (this.isWhole(digest)) this.use(digest);
    else this.#bring(digest, (copy) => copyFileSync(file, copy, constants.COPYFILE_FICLONE));
  }

  #bring(digest: Digest, write: (file: string) => void): void {
    const temporary = this.#temporary();
    try {
      write(temporary);
      const { size } = statSync(temporary);
      renameSync(temporary, this.#makePlace("objects", digest));
      this.#untalliedBytes += size;
      this.#hasGrown = true;
    } catch (error) {
      // On a full disk half a copy is the last thing to keep.
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #copyOut(digest: Digest, to: string): boolean {
    const object = this.#place("objects", digest);
    const isCopied = unlessMissing(() => {
      copyFileSync(object, to, constants.COPYFILE_FICLONE);
      return true;
    });
    if (isCopied !== true) return false;
    if (this.#observer.digestAt(to, "file").digest !== digest) {
      this.remove(digest);
      return false;
    }
    this.use(digest);
    return true;
  }

  #place(kind: "objects" | "entries", name: string): string {
    return `${this.folder}/${kind}/${name}`;
  }

  #makePlace(kind: "objects" | "entries", name: string): string {
    this.#makeFolder(`${this.folder}/${kind}`);
    return this.#place(kind, name);
  }

  #temporary(): string {
    this.#makeFolder(`${this.folder}/incoming`);
    return `${this.folder}/incoming/${this.#id}-${this.#copies++}`;
  }

  #makeFolder(folder: string): void {
    if (this.#made.has(folder)) return;
    mkdirSync(folder, { recursive: true });
    this.#made.add(folder);
  }
}

const LISTING = /^tree-/;
const isListing = (digest: Digest): boolean => LISTING.test(digest);

/** A listing is kept as a file like any other. */
const nameOfFile = (digest: Digest): Digest => digest.replace(LISTING, "");

const readOrMissing = (file: string): string | undefined => unlessMissing(() => readFileSync(file, "utf8"));

/** Undefined where the file that is read is gone, or another user's who keeps it to himself. */
function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
