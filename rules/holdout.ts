/** Names the rows that were held out by what they hold, so that models are known to be measured on the same ones. */

import { createHash } from "node:crypto";
import type { Example } from "./examples.ts";

/** A hash takes in few long texts sooner than many short ones. */
const BATCH_CHARACTERS = 65_536;

/**
 * SHA-256 of lines of JSON: the names of the features and of the target, then the same of each row, in the table's order.
 */
export class HoldoutDigest {
  readonly #hash = createHash("sha256");
  #batch = "";

  constructor(names: readonly string[]) {
    this.#take(names);
  }

  add({ row, target }: Example): void {
    this.#take([...row, target]);
  }

  /** As hex; nothing can be added any more. */
  get digest(): string {
    return this.#hash.update(this.#batch).digest("hex");
  }

  #take(values: readonly unknown[]): void {
    this.#batch += `${JSON.stringify(values)}\n`;
    if (this.#batch.length < BATCH_CHARACTERS) return;
    this.#hash.update(this.#batch);
    this.#batch = "";
  }
}
