/**
 * Writes objects of Python packages as a pickle, protocol 4, for readers that have those packages. What a reader is to
 * import stands in the tree as a node of its own, so that a plain value, whatever is in it, cannot become one. Pure.
 */

import type { Piece } from "./frame.ts";
import { OP } from "./opcode.ts";
import { dictOf, pickleOfPieces, valueOf, type PickleValue } from "./write.ts";

/** What a reader imports, by the name under which its package publishes it. */
export interface Importable {
  readonly module: string;
  readonly name: string;
}

/** What a call returned, with its attributes set if there are any. */
export interface Called {
  readonly call: Importable;
  /** At most three. */
  readonly args: readonly PickleNode[];
  /** Given to `__setstate__`, or else taken over into `__dict__`. */
  readonly state?: Readonly<Record<string, PickleNode>>;
}

export type PickleNode = { readonly plain: PickleValue } | Called;

const TUPLES = [OP.EMPTY_TUPLE, OP.TUPLE1, OP.TUPLE2, OP.TUPLE3] as const;

/** The pickle's bytes; the same tree gives the same bytes. */
export const writeObject = (node: PickleNode): Uint8Array => pickleOfPieces(nodeOf(node));

function* nodeOf(node: PickleNode): Generator<Piece> {
  if ("plain" in node) return yield* valueOf(node.plain);
  const { call, args, state } = node;
  const tuple = TUPLES[args.length];
  if (tuple === undefined) throw new RangeError(`${call.module}.${call.name} takes more than three arguments`);
  yield* valueOf(call.module);
  yield* valueOf(call.name);
  yield Buffer.of(OP.STACK_GLOBAL);
  for (const arg of args) yield* nodeOf(arg);
  yield Buffer.of(tuple, OP.REDUCE);
  if (state === undefined) return;
  yield "boundary";
  yield* dictOf(Object.entries(state), nodeOf);
  yield Buffer.of(OP.BUILD);
}
