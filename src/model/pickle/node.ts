/** What a pickle holds, as inert data: nothing was imported, and nothing was called. Pure. */

export type Node = null | boolean | number | bigint | string | Uint8Array | Container | Imported;

export type Container = ListNode | TupleNode | DictNode | Called;

interface Nested {
  /** How many containers stand in one another, this one included. */
  depth: number;
}

export interface ListNode extends Nested {
  readonly kind: "list";
  readonly items: Node[];
}

export interface TupleNode extends Nested {
  readonly kind: "tuple";
  readonly items: readonly Node[];
}

export interface DictNode extends Nested {
  readonly kind: "dict";
  readonly entries: (readonly [key: Node, value: Node])[];
}

/** A name that the pickle would have imported; one of a known few. */
export interface Imported {
  readonly kind: "imported";
  readonly role: Role;
  readonly module: string;
  readonly name: string;
}

/** What a call would have returned, and what it would have been given as its state. */
export interface Called extends Nested {
  readonly kind: "called";
  readonly callee: Imported;
  readonly args: TupleNode;
  state: Node | undefined;
}

export type Role =
  | "reconstruct"
  | "scalar"
  | "frombuffer"
  | "ndarray"
  | "dtype"
  | "encode"
  | "array"
  | "float64"
  | "estimator";

export const isContainer = (node: Node): node is Container =>
  typeof node === "object" && node !== null && "kind" in node && node.kind !== "imported";

/** In words, for a message. */
export function nounOf(node: Node): string {
  if (node === null) return "None";
  if (node instanceof Uint8Array) return "bytes";
  if (typeof node === "object") return NOUNS[node.kind];
  return { boolean: "a truth value", number: "a float", bigint: "an integer", string: "a text" }[
    typeof node as "boolean" | "number" | "bigint" | "string"
  ];
}

const NOUNS = { list: "a list", tuple: "a tuple", dict: "a dict", imported: "a class", called: "an object" } as const;
