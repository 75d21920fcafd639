/**
 * What a project remembers: traces, signatures and unfinished publishes, in one append-only file, `.pipe/state.log`.
 *
 * A line is a transaction: a checksum and a JSON value that carries its own table of strings, so that any process may
 * append and a torn or damaged line takes nothing else with it. A line begins with the newline that ends the one before:
 * whatever a killed writer left behind, the next line starts afresh.
 */

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { randomBytes } from "node:crypto";
import type { Override, OverrideNote } from "../core/override.ts";
import type { Digest, PathState, Trace } from "../core/staleness.ts";
import { lineIn, textOfLine } from "./line.ts";
import { decodeSignature, decodeTrace, encodeTransaction, type Line, type Stored, type Transaction } from "./record.ts";
import type { Journal } from "./journal.ts";
import type { Signature } from "./signature.ts";
import { bytesIn, writeAll } from "./whole.ts";

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
  readonly #journals = new Map<string, Omit<Journal, "trace"> & { readonly stored: Stored }>();
  readonly #overrides = new Map<string, Override>();
  readonly #decoded = new Map<string, Trace>();
  readonly #abandoned = new Map<string, Digest>();
  /** Of the file as it was read. */
  readonly #inode: number | undefined;
  readonly #length: number;
  #lines = 0;
  #bad = 0;
  #descriptor: number | undefined;
  #built: Map<string, Digest> | undefined;

  constructor(folder: string) {
    this.#file = `${folder}/state.log`;
    this.#inode = inodeOf(this.#file);
    const bytes = bytesOf(this.#file);
    const end = endOfLine(bytes, 0);
    this.#length = bytes.length;
    const head = bytes.toString("utf8", 0, end);
    const isKnown = head.startsWith(HEADER);
    this.salt = isKnown && head.length > HEADER.length ? head.slice(HEADER.length) : randomBytes(16).toString("hex");
    if (isKnown) this.#read(bytes, end);
    this.damage = damageOf(bytes.length, { isKnown, bad: this.#bad });
  }

  /** True where steps were published since this was read, or are being published now. */
  get isInFlux(): boolean {
    if (this.#journals.size > 0 || inodeOf(this.#file) !== this.#inode) return true;
    return /"(?:traces|journals|completed|dropped)":/.test(bytesOf(this.#file).toString("utf8", this.#length));
  }

  /** True where the file is there and was read whole. */
  get isSound(): boolean {
    return this.#lines > 0 && this.damage === undefined;
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
    return [...this.#journals.values()].map(({ stored, ...rest }) => ({ trace: decodeTrace(stored), ...rest }));
  }

  /** By step. */
  get overrides(): ReadonlyMap<string, Override> {
    return this.#overrides;
  }

  /** What pipe last made at a path; undefined where it never made anything there. */
  builtDigest(path: string): Digest | undefined {
    return this.built.get(path);
  }

  /** By path, what pipe last made there. */
  get built(): ReadonlyMap<string, Digest> {
    this.#built ??= this.#builtDigests();
    return this.#built;
  }

  #builtDigests(): Map<string, Digest> {
    const built = new Map(this.#abandoned);
    for (const step of this.traces) this.#addBuilt(built, step);
    // What stands there while a model is held back may be a person's.
    for (const { trace } of [...this.#overrides.values()].filter(({ kind }) => kind !== "held"))
      for (const { path, digest } of trace.outputs) built.set(path, digest);
    return built;
  }

  #addBuilt(built: Map<string, Digest>, step: string): void {
    for (const { path, digest } of this.trace(step)?.outputs ?? []) built.set(path, digest);
  }

  /** Appends one transaction: all of it counts, or nothing. */
  append(transaction: Transaction): void {
    const line = encodeTransaction(transaction);
    this.#descriptor ??= this.#open();
    writeAll(this.#descriptor, textOfLine(line), this.#file);
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
    if (this.#lines === 0 && bytesOf(this.#file).length === 0) writeAll(descriptor, HEADER + this.salt, this.#file);
    return descriptor;
  }

  #read(bytes: Buffer, from: number): void {
    for (let start = from + 1; start < bytes.length;) {
      const end = endOfLine(bytes, start);
      const line = lineIn(bytes.subarray(start, end));
      if (line !== undefined) this.#take(line);
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
      this.#overrides.delete(step);
    }
    for (const row of line.signatures ?? [])
      this.#signatures.set(strings[row[0] as number] as string, { strings, row });
    // Before the journals, of which a file that was written anew may hold one of the same step.
    for (const { row, note } of line.overrides ?? []) this.#hold({ strings, row }, note);
    for (const { row, ...rest } of line.journals ?? [])
      this.#journals.set(strings[row[0] as number] as string, { stored: { strings, row }, ...rest });
    for (const step of line.completed ?? []) this.#complete(step);
    for (const { path, digest } of line.abandoned ?? []) this.#abandoned.set(path, digest);
    for (const step of line.dropped ?? []) this.#drop(step);
    for (const step of line.released ?? []) this.#overrides.delete(step);
  }

  #drop(step: string): void {
    const isOverride = this.#journals.get(step)?.override !== undefined;
    this.#journals.delete(step);
    // What a run made is no less known because an earlier version could not be put in its place.
    if (isOverride) return;
    this.#traces.delete(step);
    this.#decoded.delete(step);
  }

  // Few, and asked for by every command: decoded at once.
  #hold(stored: Stored, note: OverrideNote): void {
    const trace = decodeTrace(stored);
    this.#overrides.set(trace.step, { ...note, trace });
    this.#journals.delete(trace.step);
  }

  #complete(step: string): void {
    const journal = this.#journals.get(step);
    if (journal === undefined) return;
    this.#journals.delete(step);
    if (journal.override !== undefined) return this.#hold(journal.stored, journal.override);
    this.#traces.set(step, journal.stored);
    this.#decoded.delete(step);
    this.#overrides.delete(step);
  }

  #rewrite(): void {
    this.close();
    const traces = [...this.traces].flatMap((step) => this.trace(step) ?? []);
    const signatures = [...this.#signatures].map(([path, stored]) => [path, decodeSignature(stored)] as const);
    const abandoned = [...this.#abandoned].map(([path, digest]): PathState => ({ path, digest }));
    const text =
      HEADER +
      this.salt +
      textOfLine(
        encodeTransaction({
          traces,
          signatures,
          journals: this.journals,
          abandoned,
          overrides: [...this.#overrides.values()],
        }),
      );
    const descriptor = openSync(`${this.#file}.new`, "w");
    try {
      writeAll(descriptor, text, this.#file);
      fsyncSync(descriptor);
      renameSync(`${this.#file}.new`, this.#file);
    } finally {
      closeSync(descriptor);
      rmSync(`${this.#file}.new`, { force: true });
    }
  }
}

const bytesOf = (file: string): Buffer => bytesIn(file) ?? Buffer.alloc(0);

function endOfLine(bytes: Buffer, start: number): number {
  const end = bytes.indexOf("\n", start);
  return end < 0 ? bytes.length : end;
}

const inodeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.ino;

function damageOf(size: number, found: { readonly isKnown: boolean; readonly bad: number }): string | undefined {
  if (size > 0 && !found.isKnown) return "it is of another version or damaged at its start, so nothing in it counts";
  return found.bad === 0
    ? undefined
    : `${found.bad} of its records ${found.bad === 1 ? "is" : "are"} damaged and skipped`;
}
