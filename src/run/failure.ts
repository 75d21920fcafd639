/** What an action threw, as a failure that can be told: it may be anything, and may resist being read. Pure. */

import { kindOf } from "./kind.ts";
import type { Failed } from "./outcome.ts";

const LONGEST_MESSAGE = 10_000;
const LONGEST_STACK = 100_000;
const DEEPEST_CAUSE = 5;

export function failureOf(thrown: unknown): Failed {
  const stack = stackOf(thrown);
  return {
    isDone: false,
    kind: kindOf(thrown),
    message: cut(messageOf(thrown), LONGEST_MESSAGE),
    ...(stack === "" ? {} : { stack: cut(stack, LONGEST_STACK) }),
  };
}

/** Causes are part of it: `fetch failed` alone says nothing. */
function messageOf(thrown: unknown): string {
  const messages = causesOf(thrown).map(messageOfOne);
  return messages.filter((message, at) => !messages.slice(0, at).some((said) => said.includes(message))).join(": ");
}

function messageOfOne(thrown: unknown): string {
  if (!isError(thrown)) return `the action threw ${described(thrown)}`;
  const { message } = partsOf(thrown);
  return message === "" ? nameOf(thrown) : message;
}

function stackOf(thrown: unknown): string {
  const stacks = causesOf(thrown).flatMap((each) => (isError(each) ? partsOf(each).stack : []));
  return stacks.filter((stack) => stack !== "").join("\ncaused by: ");
}

function causesOf(thrown: unknown): readonly unknown[] {
  const found = [thrown];
  for (let last = thrown; isError(last) && found.length < DEEPEST_CAUSE;) {
    last = read(last, "cause");
    if (!isError(last) || found.includes(last)) break;
    found.push(last);
  }
  return found;
}

const partsOf = (error: object): { readonly message: string; readonly stack: string } => ({
  message: textOf(read(error, "message")),
  stack: textOf(read(error, "stack")),
});

const nameOf = (error: object): string => textOf(read(error, "name")) || "an error without a message";
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function read(from: object, name: string): unknown {
  try {
    return Reflect.get(from, name);
  } catch {
    return undefined;
  }
}

function described(thrown: unknown): string {
  try {
    if (typeof thrown === "string") return `the string ${JSON.stringify(cut(thrown, LONGEST_MESSAGE))}`;
    if (typeof thrown === "object" && thrown !== null) return JSON.stringify(thrown) ?? "an object";
    return typeof thrown === "function" ? "a function" : String(thrown);
  } catch {
    return "a value that cannot be shown";
  }
}

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length)}…`);
