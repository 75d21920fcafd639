/** Answers as the server writes them fastest: a text, and headers that are made once. */

import { FastResponse } from "srvx";
import type { Problem } from "./problem.ts";

export type Headers = readonly (readonly [name: string, value: string])[];

export interface Answer {
  readonly status?: number;
  readonly headers: Headers;
}

const SAFE = [
  ["x-content-type-options", "nosniff"],
  ["cache-control", "no-store"],
] as const;
export const JSON_HEADERS: Headers = [["content-type", "application/json"], ...SAFE];
export const TEXT_HEADERS: Headers = [["content-type", "text/plain; charset=utf-8"], ...SAFE];

export function answer(text: string, { status = 200, headers }: Answer): Response {
  // The server takes them as they are, and writes to none of them.
  return new FastResponse(text, { status, headers: headers as [string, string][] });
}

export const jsonAnswer = (value: unknown, status = 200): Response =>
  answer(JSON.stringify(value), { status, headers: JSON_HEADERS });

export const emptyAnswer = (status: number, headers: Headers): Response =>
  new FastResponse(null, { status, headers: [...SAFE, ...headers] as [string, string][] });

/** How a protocol tells of a problem. */
export type Protocol = "plain" | "v2" | "mlflow";

export function problemAnswer(problem: Problem, protocol: Protocol): Response {
  const headers: Headers = [...JSON_HEADERS, ...Object.entries(problem.headers)];
  return answer(JSON.stringify(BODIES[protocol](problem)), { status: problem.status, headers });
}

const BODIES: Readonly<Record<Protocol, (problem: Problem) => object>> = {
  plain: ({ message, row, column }) => ({ error: message, row, column }),
  v2: ({ message }) => ({ error: message }),
  mlflow: ({ message, row, column, status }) => ({
    error: message,
    error_code: ERROR_CODES[status] ?? "BAD_REQUEST",
    message,
    row,
    column,
  }),
};

const ERROR_CODES: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  500: "INTERNAL_ERROR",
  503: "TEMPORARILY_UNAVAILABLE",
};
