/** The stack and the memo of a pickle's reader, and what is put on them. Nothing is imported, nothing is called. Pure. */

import { PickleError, type PickleProblem } from "./error.ts";
import { importedAs } from "./import.ts";
import { isContainer, nounOf, type Called, type Node } from "./node.ts";

/** Far beyond what a model needs, and far below what hurts. */
export const PICKLE_LIMITS = {
  /** Of the whole file. */
  bytes: 1 << 28,
  opcodes: 1 << 22,
  memo: 1 << 20,
  /** Values and marks that wait to be put into something. */
  stack: 1 << 17,
  /** Containers in one another. */
  depth: 64,
  /** Of one integer. */
  integerBytes: 256,
} as const;

export type PickleLimits = { readonly [K in keyof typeof PICKLE_LIMITS]: number };

/** What reading has cost, in the units of the limits. */
export interface PickleCost {
  opcodes: number;
  memo: number;
  stack: number;
  depth: number;
}

export const noCost = (): PickleCost => ({ opcodes: 0, memo: 0, stack: 0, depth: 0 });

const WORDS: Readonly<Record<keyof PickleCost, string>> = {
  opcodes: "opcodes",
  memo: "memo entries",
  stack: "values that wait",
  depth: "containers in one another",
};

export class Machine {
  readonly #memo = new Map<number, Node>();
  readonly #marks: number[] = [];
  readonly #stack: Node[] = [];
  #encodedBytes = 0;
  readonly #limits: PickleLimits;
  readonly #cost: PickleCost;
  /** Where the reader is, for errors. */
  readonly #place: () => number;

  constructor(of: { readonly limits: PickleLimits; readonly cost: PickleCost; readonly place: () => number }) {
    this.#limits = of.limits;
    this.#cost = of.cost;
    this.#place = of.place;
  }

  error(problem: PickleProblem, message: string): PickleError {
    return new PickleError(problem, message, this.#place());
  }

  /** Refuses what costs more than its limit. */
  count(what: keyof PickleCost, amount: number): void {
    if (amount > this.#limits[what]) throw this.error("limit", `it has more than ${this.#limits[what]} ${WORDS[what]}`);
    this.#cost[what] = Math.max(this.#cost[what], amount);
  }

  push(node: Node): void {
    this.#stack.push(node);
    this.count("stack", this.#stack.length + this.#marks.length);
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
    this.count("stack", this.#stack.length + this.#marks.length);
  }

  pop(): Node {
    const [node = null] = this.popSome(1);
    return node;
  }

  popSome(count: number): Node[] {
    if (this.#stack.length - count < (this.#marks.at(-1) ?? 0))
      throw this.error("malformed", "an opcode takes more than there is");
    return this.#stack.splice(this.#stack.length - count, count);
  }

  popToMark(): Node[] {
    const from = this.#marks.pop();
    if (from === undefined) throw this.error("malformed", "an opcode needs a mark, and there is none");
    return this.#stack.splice(from);
  }

  /** The last value; nothing else may be left. */
  end(): Node {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0)
      throw this.error("malformed", "it ends with values that belong to nothing");
    return value;
  }

  tuple(items: readonly Node[]): void {
    this.push({ kind: "tuple", items, depth: this.#depthOver(items) });
  }

  append(items: readonly Node[]): void {
    const list = this.#top();
    if (!isContainer(list) || list.kind !== "list") throw this.error("malformed", `items are put into ${nounOf(list)}`);
    list.depth = Math.max(list.depth, this.#depthOver(items));
    for (const item of items) list.items.push(item);
  }

  setItems(items: readonly Node[]): void {
    const dict = this.#top();
    if (!isContainer(dict) || dict.kind !== "dict")
      throw this.error("malformed", `keys and values are put into ${nounOf(dict)}`);
    if (items.length % 2 !== 0) throw this.error("malformed", "a dict has a key without a value");
    dict.depth = Math.max(dict.depth, this.#depthOver(items));
    for (let at = 0; at < items.length; at += 2) dict.entries.push([items[at] ?? null, items[at + 1] ?? null]);
  }

  memoize(index: number = this.#memo.size): void {
    this.#memo.set(index, this.#top());
    this.count("memo", this.#memo.size);
  }

  recall(index: number): void {
    const node = this.#memo.get(index);
    if (node === undefined) throw this.error("malformed", `memo entry ${index} was never written`);
    this.push(node);
  }

  import(module: Node | undefined, name: Node | undefined): void {
    if (typeof module !== "string" || typeof name !== "string")
      throw this.error("malformed", "what it imports is named by no text");
    this.push(importedAs(module, name, this.#place()));
  }

  /** What a call would return. An estimator is made by NEWOBJ or by a call of its class; the rest by calls alone. */
  call(opcode: "REDUCE" | "NEWOBJ"): void {
    const [callee = null, args = null] = this.popSome(2);
    const isCallable = typeof callee === "object" && callee !== null && "role" in callee;
    if (!isCallable) throw this.error("unsafe", `it calls ${nounOf(callee)}`);
    if (callee.role === "ndarray" || (opcode === "NEWOBJ" && callee.role !== "estimator"))
      throw this.error("unsafe", `it calls ${callee.module}.${callee.name} by ${opcode}`);
    if (!isContainer(args) || args.kind !== "tuple")
      throw this.error("malformed", `it calls ${callee.name} with ${nounOf(args)}`);
    if (callee.role === "encode") this.push(this.#latin1(args.items));
    else this.push({ kind: "called", callee, args, state: undefined, depth: this.#depthOver(args.items) });
  }

  build(): void {
    const state = this.pop();
    const object = this.#top();
    if (!isContainer(object) || object.kind !== "called" || !HAS_STATE.has(object.callee.role))
      throw this.error("unsafe", `it sets the state of ${nounOf(object)}`);
    if (object.state !== undefined) throw this.error("malformed", "the state of an object is set twice");
    object.depth = Math.max(object.depth, this.#depthOver([state]));
    object.state = state;
  }

  /** Bytes, as they are written in protocol 2: a text that has a character for each. */
  #latin1([text = null, encoding = null, ...more]: readonly Node[]): Uint8Array {
    const isPlain = typeof text === "string" && encoding === "latin1" && more.length === 0;
    if (!isPlain || !/^[\0-\u00ff]*$/.test(text))
      throw this.error("unsafe", "it encodes a text by something else than latin1");
    // The memo can name one long text again and again, and each call makes a copy of it.
    this.#encodedBytes += text.length;
    if (this.#encodedBytes > this.#limits.bytes)
      throw this.error("limit", `it makes more than ${this.#limits.bytes} bytes of texts`);
    return Buffer.from(text, "latin1");
  }

  #top(): Node {
    if (this.#stack.length === (this.#marks.at(-1) ?? 0))
      throw this.error("malformed", "an opcode is about a value that is not there");
    return this.#stack.at(-1) ?? null;
  }

  #depthOver(items: readonly Node[]): number {
    let depth = 1;
    for (const item of items) if (isContainer(item)) depth = Math.max(depth, item.depth + 1);
    this.count("depth", depth);
    return depth;
  }
}

const HAS_STATE: ReadonlySet<Called["callee"]["role"]> = new Set(["reconstruct", "dtype", "estimator"]);
