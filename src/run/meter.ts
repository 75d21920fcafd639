/**
 * Watches the memory of what runs, by polling: a heap limit does not bound buffers, nor what an action starts. A run that
 * is over its limit is told so, and so is the largest where all together are about to take the machine down. A burst
 * between two looks passes.
 */

import { constrainedMemory } from "node:process";
import { totalmem } from "node:os";
import { cutLog } from "../store/log.ts";
import { processes, treeOf, type Process } from "./processes.ts";

/** Most steps are shorter, and are never looked at. */
const YOUNG_MS = 200;
const POLL_MS = 100;
/** A look at many processes takes longer; this much of the time at most goes into looking. */
const SHARE = 1 / 50;
/** What all runs may take together of what there is. */
const GUARDED = 0.9;

export interface Metered {
  readonly leader: number;
  /** Undefined where only the machine is the limit. */
  readonly limitBytes: number | undefined;
  /** False where the worker only waits for a command: what Node takes is no fault of it. */
  readonly countsLeader: boolean;
  /** Absolute path. */
  readonly log: string;
  /** Called once. */
  onExcess(message: string): void;
}

interface Watched {
  readonly of: Metered;
  readonly sinceMs: number;
  bytes: number;
}

export class Meter {
  readonly #machineBytes: number;
  readonly #watched = new Map<Metered, Watched>();
  #isAwake = false;

  constructor(machineBytes: number = machineMemory()) {
    this.#machineBytes = machineBytes;
  }

  add(of: Metered): void {
    this.#watched.set(of, { of, sinceMs: Date.now(), bytes: 0 });
    if (!this.#isAwake) this.#sleep(POLL_MS);
  }

  /** Looks no more; the result is what the run took when it was last looked at, 0 where it was too short for that. */
  delete(of: Metered): number {
    const bytes = this.#watched.get(of)?.bytes ?? 0;
    this.#watched.delete(of);
    return bytes;
  }

  #sleep(delayMs: number): void {
    this.#isAwake = true;
    setTimeout(() => this.#look(), delayMs).unref();
  }

  #look(): void {
    this.#isAwake = false;
    if (this.#watched.size === 0) return;
    const startMs = performance.now();
    const old = [...this.#watched.values()].filter(({ sinceMs }) => Date.now() - sinceMs >= YOUNG_MS);
    if (old.length > 0) this.#measure(old);
    this.#sleep(Math.max(POLL_MS, (performance.now() - startMs) / SHARE));
  }

  #measure(old: readonly Watched[]): void {
    const all = processes();
    for (const run of old) {
      cutLog(run.of.log);
      run.bytes = residentBytes(run.of, all);
    }
    for (const { of, bytes } of old) {
      if (of.limitBytes === undefined || bytes <= of.limitBytes) continue;
      this.delete(of);
      of.onExcess(`it used ${sizeText(bytes)} of memory, and its limit is ${sizeText(of.limitBytes)}`);
    }
    this.#guard(old.filter(({ of }) => this.#watched.has(of)));
  }

  #guard(old: readonly Watched[]): void {
    const total = old.reduce((sum, { bytes }) => sum + bytes, 0);
    const [largest] = old.toSorted((a, b) => b.bytes - a.bytes);
    if (largest === undefined || total <= this.#machineBytes * GUARDED) return;
    this.delete(largest.of);
    largest.of.onExcess(
      `it used ${sizeText(largest.bytes)} of memory, and all steps together more than ${GUARDED * 100} % of the ${sizeText(this.#machineBytes)} that there are`,
    );
  }
}

function residentBytes({ leader, countsLeader }: Metered, all: readonly Process[]): number {
  const tree = treeOf(leader, all).filter(({ pid }) => countsLeader || pid !== leader);
  return tree.reduce((sum, each) => sum + each.residentBytes, 0);
}

/** What the machine has, or the container that this runs in. */
const machineMemory = (): number => Math.min(totalmem(), constrainedMemory() || Infinity);

const UNITS = [
  ["GB", 1e9],
  ["MB", 1e6],
] as const;

function sizeText(bytes: number): string {
  const [unit, size] = UNITS.find(([, size]) => bytes >= size) ?? ["KB", 1e3];
  return `${Number((bytes / size).toFixed(1))} ${unit}`;
}
