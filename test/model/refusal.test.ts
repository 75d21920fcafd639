/** A hostile pickle does nothing, costs little, and is refused in words. Each attack by its name. */

import { describe, expect, test } from "vitest";
import {
  noCost,
  PICKLE_LIMITS,
  PickleError,
  predictRows,
  readEstimator,
  readPickle,
  writePickle,
  type PickleCost,
  type PickleProblem,
} from "../../src/model/index.ts";
import { OP } from "../../src/model/pickle/opcode.ts";
import {
  assembled,
  assembledIn,
  bytes,
  dict,
  dtype,
  estimator,
  float,
  floats,
  global,
  integer,
  LINEAR,
  linear,
  list,
  ndarray,
  op,
  repeated,
  stackGlobal,
  text,
  tuple,
  u32,
  u64,
  u8,
} from "./assembler.ts";

type Read = (bytes: Uint8Array, bounds: { readonly cost: PickleCost }) => unknown;

/** How a file is refused, and what it cost; a file that is read is none to refuse. */
function refusal(file: Uint8Array, read: Read): { readonly error: PickleError; readonly cost: PickleCost } {
  const cost = noCost();
  try {
    read(file, { cost });
  } catch (error) {
    if (error instanceof PickleError) return { error, cost };
    throw error;
  }
  throw new Error("it was read");
}

function expectRefused(file: Uint8Array, problem: PickleProblem, words: string): PickleCost {
  const costs = [readPickle, readEstimator].map((read) => {
    const { error, cost } = refusal(file, read);
    expect([error.problem, error.message]).toEqual([problem, expect.stringContaining(words)]);
    return cost;
  });
  return costs[0] ?? noCost();
}

const CALL = Buffer.concat([tuple(text("true")), op("REDUCE")]);
const EMPTY = op("EMPTY_LIST");

test("what the assembler makes is read where nothing is wrong with it", () => {
  expect(predictRows(readEstimator(linear()), [[10, 100]])).toEqual([213]);
});

describe("what would be imported or called", () => {
  test.each([
    ["os.system by GLOBAL", assembledIn(2, global("os", "system"), CALL), "os.system"],
    ["os.system by STACK_GLOBAL", assembled(stackGlobal("os", "system"), CALL), "os.system"],
    ["posix.system", assembled(stackGlobal("posix", "system"), CALL), "posix.system"],
    ["builtins.eval", assembled(stackGlobal("builtins", "eval"), CALL), "builtins.eval"],
    ["builtins.getattr", assembled(stackGlobal("builtins", "getattr"), CALL), "builtins.getattr"],
    [
      "a module's name that comes through the memo",
      assembled(
        text("os"),
        op("MEMOIZE"),
        text("x"),
        op("TUPLE2"),
        op("BINGET", u8(0)),
        text("system"),
        op("STACK_GLOBAL"),
        CALL,
      ),
      "os.system",
    ],
    ["a dotted attribute", assembled(stackGlobal("numpy", "dtype.mro"), CALL), "numpy.dtype.mro"],
    [
      "a dotted attribute in its module",
      assembled(stackGlobal("numpy.core.multiarray._reconstruct", "f"), CALL),
      "_reconstruct.f",
    ],
    ["another name of a module that has one", assembled(stackGlobal("numpy", "load"), CALL), "numpy.load"],
    ["a known name with another case", assembled(stackGlobal("numpy", "Dtype"), CALL), "numpy.Dtype"],
    ["a known name with a space after it", assembled(stackGlobal("numpy", "dtype "), CALL), "numpy.dtype "],
    [
      "a name of two parts that joined are a known one",
      assembled(stackGlobal("numpy dtype", ""), CALL),
      "numpy dtype.",
    ],
    ["an estimator that is none of ours", assembled(stackGlobal("sklearn.svm._classes", "SVC"), CALL), "SVC"],
    ["a call of a class that is no function", assembled(stackGlobal("numpy", "ndarray"), CALL), "numpy.ndarray"],
    ["a new object of what is no estimator", assembled(stackGlobal("numpy", "dtype"), tuple(), op("NEWOBJ")), "NEWOBJ"],
    ["a call of a text", assembled(text("os.system"), CALL), "calls a text"],
    [
      "a call of what a call returned",
      assembled(stackGlobal("numpy", "dtype"), tuple(), op("REDUCE"), CALL),
      "calls an object",
    ],
    [
      "an encoding that is not latin1",
      assembled(stackGlobal("_codecs", "encode"), tuple(text("a"), text("rot13")), op("REDUCE")),
      "latin1",
    ],
    [
      "an encoding with an error handler",
      assembled(stackGlobal("_codecs", "encode"), tuple(text("a"), text("latin1"), text("x")), op("REDUCE")),
      "latin1",
    ],
    [
      "characters that latin1 has not",
      assembled(stackGlobal("_codecs", "encode"), tuple(text("ā"), text("latin1")), op("REDUCE")),
      "latin1",
    ],
    ["the state of a text", assembled(text("a"), dict({}), op("BUILD")), "state of a text"],
    [
      "the state of a scalar",
      assembled(stackGlobal("numpy.core.multiarray", "scalar"), tuple(), op("REDUCE"), dict({}), op("BUILD")),
      "state of an object",
    ],
    [
      "the state of a class",
      assembled(stackGlobal("sklearn.pipeline", "Pipeline"), dict({}), op("BUILD")),
      "state of a class",
    ],
  ])("%s", (_, file, words) => {
    expectRefused(file, "unsafe", words);
  });

  test.each([
    ["INST", op(0x69, Buffer.from("os\nsystem\n"))],
    ["OBJ", op(0x6f)],
    ["EXT1", op(0x82, u8(1))],
    ["EXT2", op(0x83, u8(1), u8(0))],
    ["EXT4", op(0x84, u32(1))],
    ["PERSID", op(0x50, Buffer.from("id\n"))],
    ["BINPERSID", op(0x51)],
    ["NEXT_BUFFER", op(0x97)],
    ["READONLY_BUFFER", op(0x98)],
    ["NEWOBJ_EX", op(0x92)],
  ])("the opcode %s", (name, part) => {
    expectRefused(assembled(op("MARK"), text("os.system"), part), "unsafe", `the opcode ${name},`);
  });

  test.each(["__proto__", "__class__", "__reduce__", "__dict__"])("the key %s of a dict", (key) => {
    expectRefusedBy(readPickle, assembled(dict({ a: integer(1), [key]: integer(1) })), "unsafe", key);
    expectRefusedBy(readEstimator, assembled(linearWith(key)), "unsafe", key);
  });

  const linearWith = (key: string): Uint8Array =>
    estimator(
      "sklearn.linear_model._base",
      "LinearRegression",
      Object.fromEntries([...Object.entries(LINEAR), [key, integer(1)]]),
    );
});

function expectRefusedBy(read: Read, file: Uint8Array, problem: PickleProblem, words: string): PickleCost {
  const { error, cost } = refusal(file, read);
  expect([error.problem, error.message]).toEqual([problem, expect.stringContaining(words)]);
  return cost;
}

describe("lengths that lie", () => {
  test.each([
    ["2^62 characters", op("BINUNICODE8", u64(2n ** 62n))],
    ["2^40 characters", op("BINUNICODE8", u64(2n ** 40n))],
    ["4 GB of characters", op("BINUNICODE", u32(0xffff_ffff))],
    ["2^62 bytes", op("BINBYTES8", u64(2n ** 62n))],
    ["2^64 − 1 bytes", op("BINBYTES8", u64(2n ** 64n - 1n))],
    ["2^40 bytes", op("BINBYTES8", u64(2n ** 40n))],
    ["2^40 bytes of an array", op("BYTEARRAY8", u64(2n ** 40n))],
    ["4 GB", op("BINBYTES", u32(0xffff_ffff))],
    ["a frame of 2^62 bytes", op("FRAME", u64(2n ** 62n))],
    ["a frame one byte longer than what is left", op("FRAME", u64(4n), Buffer.of(OP.NONE, OP.NONE))],
    ["a frame that ends within an opcode", op("FRAME", u64(4n), op("BINFLOAT", Buffer.alloc(8)))],
    ["a line without an end", op("GLOBAL", Buffer.from("os"))],
  ])("%s", (_, part) => {
    const before = process.memoryUsage().arrayBuffers;
    expectRefused(assembled(part), "truncated", "");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  test.each([
    ["a negative LONG4", op("LONG4", Buffer.from("ffffffff", "hex")), "malformed", "negative"],
    ["an integer of 100,000 digits", op("LONG4", u32(41_525), Buffer.alloc(41_525, 1)), "limit", "41525 bytes"],
    [
      "an integer of 100,000 digits as a text",
      op(0x4c, Buffer.from(`${"1".repeat(100_000)}L\n`)),
      "unsupported",
      "LONG,",
    ],
    ["a frame in a frame", op("FRAME", u64(20n), op("FRAME", u64(5n), text("abc"))), "malformed", "inside of another"],
  ] as const)("%s", (_, part, problem, words) => {
    expectRefused(assembled(part, repeated(op("NONE"), 20)), problem, words);
  });
});

describe("more than a model has", () => {
  test("a flood of memo entries", () => {
    const cost = expectRefused(
      assembled(text("a"), repeated(op("MEMOIZE"), PICKLE_LIMITS.memo + 1)),
      "limit",
      "memo entries",
    );
    expect(cost).toMatchObject({ memo: PICKLE_LIMITS.memo, stack: 1 });
  });

  test("a memo entry of the number 4,000,000,000 costs no more than one", () => {
    const cost = noCost();
    const file = assembled(
      text("a"),
      op("LONG_BINPUT", u32(4_000_000_000)),
      op("LONG_BINGET", u32(4_000_000_000)),
      op("TUPLE2"),
    );
    expect(readPickle(file, { cost })).toEqual(["a", "a"]);
    expect(cost.memo).toBe(1);
    expectRefused(assembled(op("LONG_BINGET", u32(4_000_000_000))), "malformed", "never written");
  });

  test("a million marks", () => {
    const cost = expectRefused(assembled(repeated(op("MARK"), 1_000_000)), "limit", "values that wait");
    expect(cost).toMatchObject({ stack: PICKLE_LIMITS.stack, opcodes: PICKLE_LIMITS.stack + 1 });
  });

  test("more opcodes than a model has", () => {
    const pair = Buffer.concat([op("NONE"), op("EMPTY_TUPLE"), op("TUPLE2"), op("MEMOIZE")]);
    const cost = noCost();
    const limits = { ...PICKLE_LIMITS, opcodes: 1000 };
    expect(() => readPickle(assembled(repeated(pair, 1000)), { limits, cost })).toThrow("more than 1000 opcodes");
    expect(cost.opcodes).toBe(1000);
  });

  test("more bytes than a model has", () => {
    const limits = { ...PICKLE_LIMITS, bytes: 100 };
    expect(() => readPickle(writePickle("x".repeat(200)), { limits })).toThrow("more than 100");
  });

  test("lists nested 200,000 deep", () => {
    const depth = 200_000;
    expectRefused(assembled(repeated(EMPTY, depth), repeated(op("APPEND"), depth - 1)), "limit", "");
    const tuples = Buffer.concat([op("EMPTY_TUPLE"), repeated(op("TUPLE1"), depth)]);
    expect(expectRefused(assembled(tuples), "limit", "in one another").depth).toBe(PICKLE_LIMITS.depth);
  });

  test("lists nested 1,000 deep that are filled from without, so that none knows how deep it is", () => {
    const depth = 1000;
    const made = Array.from({ length: depth }, (_, at) => Buffer.concat([EMPTY, op("LONG_BINPUT", u32(at))]));
    const filled = Array.from({ length: depth - 1 }, (_, at) =>
      Buffer.concat([op("LONG_BINGET", u32(at)), op("LONG_BINGET", u32(at + 1)), op("APPEND")]),
    );
    const file = assembled(tuple(...made, ...filled), op("LONG_BINGET", u32(0)), op("TUPLE2"));
    expectRefusedBy(readPickle, file, "limit", "in one another");
  });

  test("248 bytes of memo that stand for 2^40 values", () => {
    const steps = Array.from({ length: 40 }, (_, at) =>
      Buffer.concat([op("BINGET", u8(at)), op("TUPLE2"), op("MEMOIZE")]),
    );
    const file = assembled(op("EMPTY_TUPLE"), op("MEMOIZE"), ...steps);
    expect(file.length).toBeLessThanOrEqual(248);
    const cost = expectRefusedBy(readPickle, file, "limit", "values");
    expect(cost.opcodes).toBeLessThan(200);
    expectRefusedBy(readEstimator, file, "schema", "a tuple");
  });

  test("a text of 1 MB that is made bytes of again and again", () => {
    const long = op("BINUNICODE", u32(1 << 20), Buffer.alloc(1 << 20, "a"));
    const again = Buffer.concat([
      op("BINGET", u8(0)),
      op("BINGET", u8(1)),
      op("BINGET", u8(2)),
      op("TUPLE2"),
      op("REDUCE"),
      op("APPEND"),
    ]);
    const file = assembled(
      list(stackGlobal("_codecs", "encode"), op("MEMOIZE"), long, op("MEMOIZE"), text("latin1"), op("MEMOIZE")),
      repeated(again, 300),
    );
    expectRefused(file, "limit", "bytes");
  });

  test("millions of texts in no bytes", () => {
    const shape = tuple(op("BININT", u32(1 << 25)));
    const texts = ndarray({ shape, dtype: dtype("U0"), data: bytes() });
    expectRefusedBy(readEstimator, linear({ feature_names_in_: texts }), "schema", "dtype");
  });

  test("a list that holds itself", () => {
    const file = assembled(EMPTY, op("MEMOIZE"), op("BINGET", u8(0)), op("APPEND"));
    expectRefusedBy(readPickle, file, "malformed", "holds itself");
    const twice = assembled(EMPTY, op("MEMOIZE"), EMPTY, op("BINGET", u8(0)), op("APPEND"), op("APPEND"));
    expectRefusedBy(readPickle, twice, "malformed", "holds itself");
  });
});

describe("files that are none", () => {
  test.each([
    ["empty", Buffer.alloc(0), "truncated", "empty"],
    ["text", Buffer.from("rows,columns\n1,2\n"), "unsupported", "no pickle"],
    ["of the protocol 0", Buffer.from("(lp0\n."), "unsupported", "no pickle"],
    ["of the protocol 1", assembledIn(1, op("NONE")), "unsupported", "protocol 1"],
    ["of the protocol 6", assembledIn(6, op("NONE")), "unsupported", "protocol 6"],
    ["gzipped", Buffer.from("1f8b0800", "hex"), "unsupported", "gzip"],
    ["compressed by joblib", Buffer.from("789c0102", "hex"), "unsupported", "joblib"],
    ["compressed with xz", Buffer.from("fd377a585a00", "hex"), "unsupported", "xz"],
    ["compressed with lz4", Buffer.from("04224d18", "hex"), "unsupported", "lz4"],
    ["a zip, as PyTorch writes", Buffer.from("504b030414", "hex"), "unsupported", "zip"],
    [
      "written by joblib",
      assembled(stackGlobal("joblib.numpy_pickle", "NumpyArrayWrapper"), CALL),
      "unsupported",
      "pickle.dump",
    ],
  ] as const)("%s", (_, file, problem, words) => {
    expectRefused(file, problem, words);
  });

  test("with something after its end", () => {
    expectRefused(Buffer.concat([assembled(op("NONE")), Buffer.of(0)]), "malformed", "after its end");
    expectRefused(Buffer.concat([assembled(op("NONE")), assembled(op("NONE"))]), "malformed", "after its end");
  });

  test("that end anywhere before their end", () => {
    for (const whole of [linear(), writePickle({ a: [1, 2n, "three", null], b: "x".repeat(70_000) })])
      for (let length = 0; length < whole.length; length += length < 600 ? 1 : 997)
        expect(refusal(whole.subarray(0, length), readPickle).error.problem).toMatch(/truncated|unsafe|schema/);
  });

  test.each([
    ["an opcode that is none", assembled(op(0xff)), "0xff is no opcode"],
    ["a second protocol", assembled(op("PROTO", u8(4)), op("NONE")), "second protocol"],
    ["nothing", assembled(), "more than there is"],
    ["two values", assembled(op("NONE"), op("NONE")), "belong to nothing"],
    ["a mark too many", assembled(op("NONE"), op("MARK")), "more than there is"],
    ["a tuple of more than there is", assembled(op("NONE"), op("TUPLE3")), "more than there is"],
    ["a tuple across a mark", assembled(op("NONE"), op("MARK"), op("TUPLE1")), "more than there is"],
    ["a tuple without its mark", assembled(op("NONE"), op("TUPLE")), "needs a mark"],
    ["an item for a tuple", assembled(op("EMPTY_TUPLE"), op("NONE"), op("APPEND")), "put into a tuple"],
    ["a key for a list", assembled(EMPTY, text("a"), op("NONE"), op("SETITEM")), "put into a list"],
    ["a key without a value", assembled(op("EMPTY_DICT"), op("MARK"), text("a"), op("SETITEMS")), "without a value"],
    ["a memo of nothing", assembled(op("MEMOIZE")), "not there"],
    ["a text that is no UTF-8", assembled(op("SHORT_BINUNICODE", u8(1), Buffer.of(0xff))), "no UTF-8"],
    ["half a surrogate pair", assembled(op("SHORT_BINUNICODE", u8(3), Buffer.from("eda080", "hex"))), "no UTF-8"],
    ["an import of no text", assembled(op("NONE"), op("NONE"), op("STACK_GLOBAL")), "no text"],
    ["a call without its arguments", assembled(stackGlobal("numpy", "dtype"), op("NONE"), op("REDUCE")), "with None"],
  ])("with %s", (_, file, words) => {
    expectRefused(file, "malformed", words);
  });

  test("of plain values, with keys that are none or come twice", () => {
    const twice = assembled(op("EMPTY_DICT"), op("MARK"), text("a"), integer(1), text("a"), integer(2), op("SETITEMS"));
    expectRefusedBy(readPickle, twice, "malformed", "twice");
    const numbered = assembled(op("EMPTY_DICT"), integer(1), integer(2), op("SETITEM"));
    expectRefusedBy(readPickle, numbered, "schema", "an integer as a key");
    expectRefusedBy(readPickle, linear(), "schema", "an object");
    expectRefusedBy(readPickle, assembled(bytes(1, 2)), "schema", "bytes");
    expectRefusedBy(readPickle, assembled(stackGlobal("numpy", "dtype")), "schema", "a class");
  });
});

describe("estimators that are not what they say", () => {
  const two = tuple(integer(2));
  test.each([
    [
      "a shape that needs more bytes",
      { coef_: ndarray({ shape: two, data: bytes(1, 2, 3) }) },
      "3 bytes, and its shape says 16",
    ],
    [
      "a shape that needs fewer bytes",
      { coef_: ndarray({ shape: tuple(integer(1)), data: bytes(...Buffer.alloc(16)) }) },
      "says 8",
    ],
    [
      "a shape of 2^40 values",
      { coef_: ndarray({ shape: tuple(op("LONG1", u8(6), Buffer.from("000000000001", "hex"))), data: bytes() }) },
      "more than",
    ],
    [
      "a negative shape",
      { coef_: ndarray({ shape: tuple(op("BININT", Buffer.from("feffffff", "hex"))), data: bytes() }) },
      "shape",
    ],
    [
      "a shape of three lengths",
      { coef_: ndarray({ shape: tuple(integer(1), integer(1), integer(2)), data: bytes(...Buffer.alloc(16)) }) },
      "shape",
    ],
    [
      "objects over a buffer",
      { coef_: ndarray({ shape: two, dtype: dtype("O8", "|"), data: bytes(...Buffer.alloc(16)) }) },
      "no list",
    ],
    [
      "objects that are no texts",
      { feature_names_in_: ndarray({ shape: two, dtype: dtype("O8", "|"), data: list(integer(1), integer(2)) }) },
      "no texts",
    ],
    [
      "fewer objects than its shape says",
      { feature_names_in_: ndarray({ shape: two, dtype: dtype("O8", "|"), data: list(text("a")) }) },
      "1 values",
    ],
    [
      "a dtype of records",
      { coef_: ndarray({ shape: two, dtype: dtype("V16", "|"), data: bytes(...Buffer.alloc(16)) }) },
      "dtype",
    ],
    [
      "a dtype of a size that is none",
      { coef_: ndarray({ shape: two, dtype: dtype("f7"), data: bytes(...Buffer.alloc(14)) }) },
      "dtype",
    ],
    ["numbers that are not finite", { coef_: floats(1, Number.NaN) }, "no finite number"],
    ["an intercept that is infinite", { intercept_: float(Number.POSITIVE_INFINITY) }, "no finite number"],
    ["an intercept that is a text", { intercept_: text("3") }, "no array"],
    ["more coefficients than features", { coef_: floats(1, 2, 3) }, "shape (3)"],
    ["no coefficients", { coef_: op("NONE") }, "coef_"],
    ["features that are none", { n_features_in_: integer(0) }, "claims 0 features"],
    [
      "names for other features",
      { feature_names_in_: ndarray({ shape: tuple(integer(1)), dtype: dtype("O8", "|"), data: list(text("a")) }) },
      "names 1 features",
    ],
    ["an attribute that is none of its own", { predict: text("x") }, `"predict"`],
    ["a version that is no text", { _sklearn_version: integer(1) }, "_sklearn_version"],
  ])("%s", (_, changed: Readonly<Record<string, Uint8Array>>, words) => {
    expectRefusedBy(readEstimator, linear(changed), "schema", words);
  });

  test("one that was not fitted", () => {
    const { coef_: _, ...rest } = LINEAR;
    const file = assembled(estimator("sklearn.linear_model._base", "LinearRegression", rest));
    expectRefusedBy(readEstimator, file, "schema", "was it fitted?");
  });

  test("a state that is set twice", () => {
    const made = estimator("sklearn.linear_model._base", "LinearRegression", LINEAR);
    expectRefusedBy(readEstimator, assembled(made, dict({}), op("BUILD")), "malformed", "twice");
  });

  test.each([
    ["with no steps", list(), "1 to 32 steps"],
    ["with a step that is none", list(tuple(text("a"), text("b"))), "a text"],
    ["with a predictor before its end", list(step("a", "linear"), step("b", "scaler")), "another step than scalers"],
    [
      "that has another in it",
      list(tuple(text("a"), estimator("sklearn.pipeline", "Pipeline", { steps: list() }))),
      "a step of another",
    ],
    [
      "that holds itself",
      Buffer.concat([list(), op("MEMOIZE"), op("BINGET", u8(0)), op("APPEND")]),
      "no name and estimator",
    ],
  ])("a Pipeline %s", (_, steps, words) => {
    const file = assembled(estimator("sklearn.pipeline", "Pipeline", { steps }));
    expectRefusedBy(readEstimator, file, "schema", words);
  });

  function step(name: string, kind: "linear" | "scaler"): Uint8Array {
    const made =
      kind === "linear"
        ? estimator("sklearn.linear_model._base", "LinearRegression", LINEAR)
        : estimator("sklearn.preprocessing._data", "StandardScaler", {
            n_features_in_: integer(2),
            mean_: floats(1, 2),
            scale_: floats(1, 2),
          });
    return tuple(text(name), made);
  }

  test("a scaler that divides by 0", () => {
    const state = { n_features_in_: integer(2), mean_: floats(1, 2), scale_: floats(1, 0) };
    expectRefusedBy(
      readEstimator,
      assembled(estimator("sklearn.preprocessing._data", "StandardScaler", state)),
      "schema",
      "a 0",
    );
  });
});
