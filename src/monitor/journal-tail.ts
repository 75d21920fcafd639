/** What is added to the journal while somebody reads it, however often it is rotated meanwhile. */

import { closeSync, fstatSync } from "node:fs";
import type { MonitoringWindow } from "../core/monitoring.ts";
import { linesFrom } from "../store/lines.ts";
import { closeParts, openParts, type OpenPart } from "./journal-part.ts";
import { lineOf } from "./line.ts";

export class JournalTail {
  readonly #root: string;
  readonly #onPassed: (problem: string) => void;
  /** Kept open: so it is known for itself under another name, and no other file takes its identity. */
  #part: OpenPart | undefined;
  #offset = 0;

  /** Of each line that is passed over `onPassed` is told why. */
  constructor(root: string, onPassed: (problem: string) => void) {
    this.#root = root;
    this.#onPassed = onPassed;
  }

  /** The windows that were added since the last look; at the first, all that there are. Throws what the disk says. */
  *added(): Generator<MonitoringWindow> {
    const parts = openParts(this.#root);
    const at = parts.findIndex(({ identity }) => identity === this.#part?.identity);
    const newer = parts.slice(0, at === -1 ? parts.length : at).toReversed();
    closeParts(parts.filter((part) => !newer.includes(part)));
    if (this.#part !== undefined) yield* this.#rest(this.#part, newer.length > 0);
    for (const [index, part] of newer.entries()) {
      if (this.#part !== undefined) closeSync(this.#part.descriptor);
      this.#part = part;
      this.#offset = 0;
      yield* this.#rest(part, index < newer.length - 1);
    }
  }

  close(): void {
    if (this.#part !== undefined) closeSync(this.#part.descriptor);
    this.#part = undefined;
  }

  /** Of one that is over, what no newline ends is read too. */
  *#rest({ descriptor }: OpenPart, isOver: boolean): Generator<MonitoringWindow> {
    if (fstatSync(descriptor).size < this.#offset) this.#offset = 0;
    for (const { bytes, isEnded, nextAt } of linesFrom(descriptor, this.#offset)) {
      if (!isEnded && !isOver) return;
      this.#offset = nextAt;
      const { window, problem } = lineOf(bytes);
      if (problem !== undefined) this.#onPassed(problem);
      if (window !== undefined) yield window;
    }
  }
}
