/**
 * What a project remembers: traces, signatures and unfinished publishes, in one append-only file, `.pipe/state.log`.
 *
 * A line is a transaction: a checksum and a JSON value that carries its own table of strings, so that any process may
 * append and a torn or damaged line takes nothing else with it. A line begins with the newline that ends the one before:
 * whatever a killed writer left behind, the next line starts afresh.
 */

import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Digest, PathState, Trace } from "../core/staleness.ts";
import { decodeSignature, decodeTrace, encodeTransaction, type Line, type Stored, type Transaction } from "./record.ts";
import type { Signature } from "./signature.ts";

/** A publish that was begun: from the first rename on, this is how the next start knows what to finish. */
export interface Journal {
  readonly trace: Trace;
  readonly moves: readonly Move[];
}

export interface Move {
  /** The declared path. */
  readonly to: string;
  /** Where the new bytes wait. */
  readonly from: string;
  readonly digest: string;
}

const HEADER = "pipe state 1 ";
const BACKLOG_LINES = 200;

export class State {
  /** What went wrong while reading, for one warning; undefined where nothing did. */
  readonly damage: string | undefined;
  /** Mixed into the digests of environment variables. */
  readonly salt: string;
  readonly #file: string;
  readonly #traces = new Map<string, Stored>();
  readonly #signatures = new Map<string, Stored>();
  readonly #journals = new Map<string, { readonly stored: Stored; readonly moves: readonly Move[] }>();
  readonly #decoded = new Map<string, Trace>();
  readonly #abandoned = new Map<string, Digest>();
  #lines = 0;
  #bad = 0;
  #descriptor: number | undefined;
  #built: Map<string, Digest> | undefined;

  constructor(folder: string) {
    this.#file = `${folder}/state.log`;
    const text = textOf(this.#file);
    const isKnown = text.startsWith(HEADER);
    const end = text.indexOf("\n") < 0 ? text.length : text.indexOf("\n");
    this.salt = isKnown && end > HEADER.length ? text.slice(HEADER.length, end) : randomBytes(16).toString("hex");
    if (isKnown) this.#read(text, end);
    this.damage = damageOf(text, { isKnown, bad: this.#bad });
  }

  get traces(): IterableIterator<string> {
    return this.#traces.keys();
  }

  trace(step: string): Trace | undefined {
    const known = this.#decoded.get(step);
    const stored = this.#traces.get(step);
    if (known !== undefined || stored === undefined) return known;
    const trace = decodeTrace(stored);
    this.#decoded.set(step, trace);
    return trace;
  }

  signature(path: string): Signature | undefined {
    const stored = this.#signatures.get(path);
    return stored === undefined ? undefined : decodeSignature(stored);
  }

  get journals(): readonly Journal[] {
    return [...this.#journals.values()].map(({ stored, moves }) => ({ trace: decodeTrace(stored), moves }));
  }

  /** What pipe last made at a path; undefined where it never made anything there. */
  builtDigest(path: string): Digest | undefined {
    this.#built ??= this.#builtDigests();
    return this.#built.get(path);
  }

  #builtDigests(): Map<string, Digest> {
    const built = new Map(this.#abandoned);
    for (const step of this.traces) this.#addBuilt(built, step);
    return built;
  }

  #addBuilt(built: Map<string, Digest>, step: string): void {
    for (const { path, digest } of this.trace(step)?.outputs ?? []) built.set(path, digest);
  }

  /** Appends one transaction: all of it counts, or nothing. */
  append(transaction: Transaction): void {
    const line = encodeTransaction(transaction);
    this.#descriptor ??= this.#open();
    writeWhole(this.#descriptor, textOfLine(line));
    this.#take(line);
    for (const trace of transaction.traces ?? []) this.#decoded.set(trace.step, trace);
    const steps = [...(transaction.traces ?? []).map(({ step }) => step), ...(transaction.completed ?? [])];
    // A running step may ask for what another has just built.
    if (this.#built !== undefined) for (const step of steps) this.#addBuilt(this.#built, step);
  }

  /** Makes what was appended durable, and rewrites the file where it is mostly history. Needs the project's lock. */
  settle(): void {
    const live = this.#traces.size + this.#signatures.size;
    if (this.#bad > 0 || this.#lines > Math.max(BACKLOG_LINES, live / 10)) this.#rewrite();
    else if (this.#descriptor !== undefined) fsyncSync(this.#descriptor);
    this.close();
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    mkdirSync(this.#file.slice(0, this.#file.lastIndexOf("/")), { recursive: true });
    if (this.damage?.startsWith("it is of another") === true) renameSync(this.#file, `${this.#file}.old`);
    const descriptor = openSync(this.#file, "a");
    if (this.#lines === 0 && textOf(this.#file) === "") writeWhole(descriptor, HEADER + this.salt);
    return descriptor;
  }

  #read(text: string, from: number): void {
    for (let start = from + 1; start < text.length;) {
      const end = text.indexOf("\n", start) < 0 ? text.length : text.indexOf("\n", start);
      const line = text.slice(start, end);
      if (isWhole(line)) this.#take(JSON.parse(line.slice(9)) as Line);
      else this.#bad += 1;
      start = end + 1;
    }
  }

  #take(line: Line): void {
    this.#lines += 1;
    const { strings } = line;
    for (const row of line.traces ?? []) {
      const step = strings[row[0] as number] as string;
      this.#traces.set(step, { strings, row });
      this.#journals.delete(step);
    }
    for (const row of line.signatures ?? [])
      this.#signatures.set(strings[row[0] as number] as string, { strings, row });
    for (const { row, moves } of line.journals ?? [])
      this.#journals.set(strings[row[0] as number] as string, { stored: { strings, row }, moves });
    for (const step of line.completed ?? []) this.#complete(step);
    for (const { path, digest } of line.abandoned ?? []) this.#abandoned.set(path, digest);
    for (const step of line.dropped ?? []) {
      this.#traces.delete(step);
      this.#decoded.delete(step);
      this.#journals.delete(step);
    }
  }

  #complete(step: string): void {
    const journal = this.#journals.get(step);
    if (journal === undefined) return;
    this.#traces.set(step, journal.stored);
    this.#decoded.delete(step);
    this.#journals.delete(step);
  }

  #rewrite(): void {
    this.close();
    const traces = [...this.traces].flatMap((step) => this.trace(step) ?? []);
    const signatures = [...this.#signatures].map(([path, stored]) => [path, decodeSignature(stored)] as const);
    const abandoned = [...this.#abandoned].map(([path, digest]): PathState => ({ path, digest }));
    const text =
      HEADER + this.salt + textOfLine(encodeTransaction({ traces, signatures, journals: this.journals, abandoned }));
    const descriptor = openSync(`${this.#file}.new`, "w");
    writeWhole(descriptor, text);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function textOfLine(line: Line): string {
  const json = JSON.stringify(line);
  return `\n${checksum(json)} ${json}`;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, "0");
const isWhole = (line: string): boolean => line[8] === " " && checksum(line.slice(9)) === line.slice(0, 8);

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function damageOf(text: string, found: { readonly isKnown: boolean; readonly bad: number }): string | undefined {
  if (text !== "" && !found.isKnown) return "it is of another version or damaged at its start, so nothing in it counts";
  return found.bad === 0
    ? undefined
    : `${found.bad} of its records ${found.bad === 1 ? "is" : "are"} damaged and skipped`;
}
