/** The body of a request: its bytes from the socket, bounded, and what they say. */

import { isAscii, isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { ClientGone, Problem } from "./problem.ts";

export const lengthOf = ({ headers }: IncomingMessage): number => Number(headers["content-length"] ?? 0);

export interface Use<T> {
  /** What is made of the body. */
  readonly make: (body: Buffer) => T | Promise<T>;
  /** What is made of what went wrong; throws what is a bug. */
  readonly refuse: (error: unknown) => T;
}

/** Where it goes, once. */
export interface Outcome<T> {
  readonly made: (made: T) => void;
  readonly broken: (bug: unknown) => void;
}

/**
 * What is made of all bytes of the body, at once when the last is there: each promise between the socket and the answer
 * would cost one of a hundred requests. Past the most bytes that may be, nothing more is read.
 */
export function fromBody<T>(request: IncomingMessage, mostBytes: number, use: Use<T> & Outcome<T>): void {
  const end = endOnce(use);
  if (lengthOf(request) > mostBytes) return end.failed(tooManyBytes(mostBytes));
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const take = (chunk: Buffer): void => {
    sizeBytes += chunk.length;
    if (sizeBytes <= mostBytes) {
      chunks.push(chunk);
      return;
    }
    request.off("data", take).pause();
    end.failed(tooManyBytes(mostBytes));
  };
  request.on("data", take);
  request.on("end", () => end.read(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  // Without a listener for its errors a request that is cut off has none: it closes.
  request.on("close", () => {
    if (!request.complete) end.failed(new ClientGone());
  });
  if (request.destroyed) end.failed(new ClientGone());
}

interface End {
  readonly read: (body: Buffer) => void;
  readonly failed: (error: unknown) => void;
}

/** A client may go away after it was refused: one thing is told. */
function endOnce<T>({ make, refuse, made, broken }: Use<T> & Outcome<T>): End {
  let isOver = false;
  const tell = (given: () => T): void => {
    if (isOver) return;
    isOver = true;
    try {
      made(given());
    } catch (bug) {
      broken(bug);
    }
  };
  const failed = (error: unknown): void => tell(() => refuse(error));
  const read = (body: Buffer): void => {
    try {
      const result = make(body);
      if (result instanceof Promise) result.then((later) => tell(() => later), failed);
      else tell(() => result);
    } catch (error) {
      failed(error);
    }
  };
  return { read, failed };
}

const tooManyBytes = (mostBytes: number): Problem =>
  new Problem(413, `a body may have ${mostBytes} bytes at most: send the rows in several requests`);

/** The text of a body. */
export function textOf(body: Buffer): string {
  // As most are: these bytes are a text in UTF-8 too, which is had sooner so.
  if (isAscii(body)) return body.toString("latin1");
  if (!isUtf8(body)) throw new Problem(400, "the body is no text in UTF-8");
  const text = body.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** The value that a body holds as JSON. */
export function jsonOf(body: Buffer): unknown {
  const text = textOf(body);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === "") throw new Problem(400, "the body is empty: send the rows as JSON, or as text/csv");
    throw new Problem(400, `the body is no JSON: ${whereOf((error as Error).message)}`);
  }
}

/** The engine's message without the text around it, which may be long and is the sender's own. */
function whereOf(message: string): string {
  if (message.startsWith("Unexpected end")) return "it ends too early";
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `something is wrong at character ${Number(position) + 1}`;
  const token = /^Unexpected token '(.)'/su.exec(message)?.[1];
  if (token === "N" || token === "I") return `'${token}' is unexpected: a missing number is null there, never NaN`;
  return token === undefined ? "something is wrong in it" : `'${token}' is unexpected`;
}

/** How the rows are written in a body. */
export type Format = "json" | "csv";

export function formatOf({ headers }: IncomingMessage): Format {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding.toLowerCase() !== "identity")
    throw new Problem(415, "a compressed body is not read: send it as it is", {
      headers: { "accept-encoding": "identity" },
    });
  const type = headers["content-type"];
  if (type === undefined || type === "application/json") return "json";
  const [media = "", ...parameters] = type.toLowerCase().split(";");
  const isUtf8Told = parameters.every((each) => !/^\s*charset\s*=/.test(each) || /=\s*"?utf-?8"?\s*$/.test(each));
  if (!isUtf8Told) throw new Problem(415, "a body is read as UTF-8 only: send it with charset=utf-8");
  if (media.trim() === "application/json") return "json";
  if (media.trim() === "text/csv") return "csv";
  throw new Problem(415, "send the rows with content-type: application/json, or text/csv", {
    headers: { accept: "application/json, text/csv" },
  });
}
