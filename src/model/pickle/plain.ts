/** Plain values from a pickle that names no class. Pure. */

import { PickleError, schemaError } from "./error.ts";
import { PICKLE_LIMITS } from "./machine.ts";
import { isContainer, nounOf, type Container, type DictNode, type Node } from "./node.ts";
import { readNodes, type Bounds } from "./read.ts";
import type { PickleValue } from "./write.ts";

/** Every place where a value stands counts: a few bytes of memo can make one value stand in 2^40 places. */
const MOST_VALUES = 1 << 22;

/**
 * What `writePickle` would have been given: an int is a bigint, a float a number, a tuple a list; keys are texts. Throws a
 * {@link PickleError} for anything else.
 */
export function readPickle(bytes: Uint8Array, bounds?: Bounds): PickleValue {
  return plainOf(readNodes(bytes, bounds), { open: new Set(), count: 0 });
}

interface Walk {
  /** The containers that the walk is in. */
  readonly open: Set<Container>;
  count: number;
}

function plainOf(node: Node, walk: Walk): PickleValue {
  walk.count += 1;
  if (walk.count > MOST_VALUES) throw new PickleError("limit", `it holds more than ${MOST_VALUES} values`);
  if (!isContainer(node)) {
    if (node instanceof Uint8Array || (typeof node === "object" && node !== null))
      throw schemaError(`it holds ${nounOf(node)}, and plain values were expected`);
    return node;
  }
  if (walk.open.has(node)) throw new PickleError("malformed", `${nounOf(node)} holds itself`);
  // A list may be put into another before it is filled itself, which no counter of the reader sees.
  if (walk.open.size >= PICKLE_LIMITS.depth)
    throw new PickleError("limit", `it has more than ${PICKLE_LIMITS.depth} containers in one another`);
  walk.open.add(node);
  const value = containerOf(node, walk);
  walk.open.delete(node);
  return value;
}

function containerOf(node: Container, walk: Walk): PickleValue {
  if (node.kind === "called") throw schemaError(`it holds ${nounOf(node)}, and plain values were expected`);
  if (node.kind !== "dict") return node.items.map((item) => plainOf(item, walk));
  const values = namedEntries(node).map(([key, value]) => [key, plainOf(value, walk)] as const);
  return Object.fromEntries(values);
}

/** The entries of a dict whose keys are texts, each once, and none that means something else to Python or JavaScript. */
export function namedEntries({ entries }: DictNode): readonly (readonly [key: string, value: Node])[] {
  const seen = new Set<string>();
  return entries.map(([key, value]) => {
    if (typeof key !== "string") throw schemaError(`a dict has ${nounOf(key)} as a key, and texts were expected`);
    if (/^__.*__$/s.test(key))
      throw new PickleError("unsafe", `a dict has the key ${JSON.stringify(key.slice(0, 80))}`);
    if (seen.has(key))
      throw new PickleError("malformed", `a dict has the key ${JSON.stringify(key.slice(0, 80))} twice`);
    seen.add(key);
    return [key, value];
  });
}
