/**
 * Outputs of earlier runs: content-addressed objects, and for each key the runs that had it.
 *
 * An object is a copy of its own (or a copy-on-write clone), never a hard link: nothing that is done to the working tree
 * reaches it. Every restore hashes what it copied, so a damaged object is a miss and is thrown away.
 */

import {
  appendFileSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { isDirectory } from "../core/artifact.ts";
import type { Digest, InputState, PathState } from "../core/staleness.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import { digestOfText } from "./digest.ts";
import type { Observer } from "./observer.ts";
import { listingOf, membersOf, readListing } from "./tree.ts";

/** One run that a key had. Candidates of a key differ in what they discovered. */
export interface Candidate {
  readonly discovered: readonly PathState[];
  readonly outputs: readonly PathState[];
  /** The object that holds the log, where the run wrote any. */
  readonly log: Digest | undefined;
}

/** What the cache is asked by: all that a step is known by before it runs. */
export function cacheKey(fingerprint: string, inputs: readonly InputState[]): string {
  return digestOfText(`${fingerprint}\n${canonicalJson(inputs.map(({ name, path, digest }) => [name, path, digest]))}`);
}

export class Cache {
  readonly #folder: string;
  readonly #observer: Observer;
  readonly #made = new Set<string>();
  readonly #candidates = new Map<string, readonly Candidate[]>();
  #copies = 0;

  constructor(folder: string, observer: Observer) {
    this.#folder = folder;
    this.#observer = observer;
  }

  /** Newest first. */
  candidates(key: string): readonly Candidate[] {
    const known = this.#candidates.get(key) ?? this.#readCandidates(key);
    this.#candidates.set(key, known);
    return known;
  }

  #readCandidates(key: string): readonly Candidate[] {
    const text = readOrEmpty(this.#place("entries", key));
    return text
      .split("\n")
      .flatMap((line) => candidateOf(line))
      .toReversed();
  }

  remember(key: string, candidate: Candidate): void {
    const known = this.candidates(key);
    const [newest] = known;
    if (newest !== undefined && JSON.stringify(newest) === JSON.stringify(candidate)) return;
    // The newline comes first, so that a torn line spoils no later one.
    appendFileSync(this.#makePlace("entries", key), `\n${JSON.stringify(candidate)}`);
    this.#candidates.set(key, [candidate, ...known]);
  }

  has(digest: Digest): boolean {
    return existsSync(this.#place("objects", digest));
  }

  /** True where the object is there and holds what its name says. */
  isWhole(digest: Digest): boolean {
    if (!this.has(digest)) return false;
    if (isListing(digest)) {
      const listing = this.textOf(digest);
      return (
        listing !== undefined &&
        readListing(listing).every(({ kind, content }) => kind !== "file" || this.isWhole(content))
      );
    }
    return this.#observer.digestAt(this.#place("objects", digest), "object").digest === digest;
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
    if (this.textOf(digest) !== undefined) return digest;
    this.#bring(digest, (file) => writeFileSync(file, text));
    return digest;
  }

  /** A kept text; undefined where it is missing, or damaged and hence thrown away. */
  textOf(digest: Digest): string | undefined {
    if (!this.has(digest)) return undefined;
    const text = readOrEmpty(this.#place("objects", digest));
    if (digestOfText(text) === digest.replace(LISTING, "")) return text;
    rmSync(this.#place("objects", digest), { force: true });
    return undefined;
  }

  /** Copies an artifact to `place`; false, with nothing of it believed, where an object is missing or damaged. */
  restore(artifact: PathState, place: string): boolean {
    if (!isDirectory(artifact.path)) return this.#copyOut(artifact.digest, place);
    const listing = this.textOf(artifact.digest);
    if (listing === undefined) return false;
    mkdirSync(place, { recursive: true });
    const areWhole = readListing(listing).map(({ path, kind, content }) => {
      const at = `${place}/${path}`;
      if (kind === "directory") mkdirSync(at, { recursive: true });
      else if (kind === "link") symlinkSync(content, at);
      return kind !== "file" || this.#copyOut(content, at);
    });
    return areWhole.every(Boolean);
  }

  #copyIn(file: string, digest: Digest): void {
    if (this.isWhole(digest)) return;
    this.#bring(digest, (copy) => copyFileSync(file, copy, constants.COPYFILE_FICLONE));
  }

  #bring(digest: Digest, write: (file: string) => void): void {
    const temporary = this.#temporary();
    try {
      write(temporary);
      renameSync(temporary, this.#makePlace("objects", digest));
    } catch (error) {
      // On a full disk half a copy is the last thing to keep.
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #copyOut(digest: Digest, to: string): boolean {
    const object = this.#place("objects", digest);
    if (!existsSync(object)) return false;
    copyFileSync(object, to, constants.COPYFILE_FICLONE);
    if (this.#observer.digestAt(to, "file").digest === digest) return true;
    rmSync(object, { force: true });
    return false;
  }

  #place(kind: "objects" | "entries", name: string): string {
    return `${this.#folder}/${kind}/${name}`;
  }

  #makePlace(kind: "objects" | "entries", name: string): string {
    this.#makeFolder(`${this.#folder}/${kind}`);
    return this.#place(kind, name);
  }

  #temporary(): string {
    this.#makeFolder(`${this.#folder}/incoming`);
    return `${this.#folder}/incoming/${process.pid}-${this.#copies++}`;
  }

  #makeFolder(folder: string): void {
    if (this.#made.has(folder)) return;
    mkdirSync(folder, { recursive: true });
    this.#made.add(folder);
  }
}

const LISTING = /^tree-/;
const isListing = (digest: Digest): boolean => LISTING.test(digest);

function candidateOf(line: string): readonly Candidate[] {
  try {
    const candidate = JSON.parse(line) as Partial<Candidate> | null;
    return isStates(candidate?.outputs) && isStates(candidate?.discovered) ? [candidate as Candidate] : [];
  } catch {
    // A line that a killed build left torn is no candidate.
    return [];
  }
}

function isStates(value: unknown): value is readonly PathState[] {
  const isState = ({ path, digest }: Partial<PathState>): boolean =>
    typeof path === "string" && typeof digest === "string";
  return Array.isArray(value) && value.every((state) => typeof state === "object" && state !== null && isState(state));
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
