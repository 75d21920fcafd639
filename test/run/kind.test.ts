/** Which kind of failure it is, and what is told of it, whatever was thrown. */

import { describe, expect, test } from "vitest";
import { ownKindOf, retryable } from "../../src/core/retryable.ts";
import { failureOf } from "../../src/run/failure.ts";
import { failureOfDeath, kindOf } from "../../src/run/kind.ts";

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });

test.each([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_SOCKET",
])("%s is of the network, also as a cause or one of several", (code) => {
  const caused = new Error("outer", { cause: new Error("inner", { cause: coded(code) }) });
  for (const error of [coded(code), caused, new AggregateError([new Error("x"), coded(code)])])
    expect(kindOf(error)).toBe("network");
});

test("what only looks alike is an error like any other", () => {
  for (const error of [
    coded("ENOENT"),
    coded("EPIPE"),
    new Error("fetch failed"),
    new RangeError("x"),
    { code: 5 },
    "ENOTFOUND",
  ])
    expect(kindOf(error)).toBe("error");
});

test("a chain of causes that closes has an end", () => {
  const error = new Error("a", { cause: undefined });
  error.cause = new Error("b", { cause: error });
  expect(failureOf(error)).toMatchObject({ kind: "error", message: "a: b" });
});

describe("retryable()", () => {
  test("gives the kind, with the message and the stack of the cause", () => {
    const failure = failureOf(retryable("fit", new Error("singular")));
    expect(failure).toMatchObject({ kind: "fit", message: "singular" });
    expect(failure.stack).toContain("caused by: Error: singular");
  });

  test("is the outermost that counts, before what caused it", () => {
    expect(kindOf(new Error("x", { cause: retryable("fit", coded("ECONNRESET")) }))).toBe("fit");
    expect(kindOf(retryable("outer", retryable("inner")))).toBe("outer");
  });

  test("takes a plain word alone", () => {
    for (const kind of ["", "two words", "a\nb", 5 as unknown as string])
      expect(() => retryable(kind)).toThrow("plain word");
    expect(ownKindOf({ [Symbol.for("pipefile.kind")]: "two words" })).toBeUndefined();
  });
});

test("a process that aborted with V8's last words had no heap left", () => {
  const death = { code: null, signal: "SIGABRT", printed: () => "FATAL ERROR: … JavaScript heap out of memory\n" };
  expect(failureOfDeath("it", death).kind).toBe("oom");
  expect(failureOfDeath("it", { ...death, code: 134, signal: null }).kind).toBe("oom");
  expect(failureOfDeath("it", { ...death, signal: "SIGKILL" }).kind).toBe("killed");
  expect(failureOfDeath("it", { ...death, printed: () => "" }).kind).toBe("killed");
  expect(failureOfDeath("it", { ...death, code: 1, signal: null }).kind).toBe("error");
});
