/** What a request is told: a status, headers that are made once, and a text. Pure. */

import type { Problem } from "./problem.ts";

/** Names and values in turn, as node:http writes them fastest. */
export type Headers = readonly string[];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where there is no body. */
  readonly text: string | undefined;
}

const SAFE: Headers = ["x-content-type-options", "nosniff", "cache-control", "no-store"];
export const headersFor = (type: string): Headers => ["content-type", type, ...SAFE];
export const JSON_HEADERS = headersFor("application/json");
export const TEXT_HEADERS = headersFor("text/plain; charset=utf-8");

export const answer = (text: string, { headers }: Pick<Answer, "headers">): Answer => ({ status: 200, headers, text });

export const jsonAnswer = (value: unknown, status = 200): Answer => ({
  status,
  headers: JSON_HEADERS,
  text: JSON.stringify(value),
});

export const emptyAnswer = (status: number, headers: Headers): Answer => ({
  status,
  headers: [...SAFE, ...headers],
  text: undefined,
});

export const withHeader = (said: Answer, name: string, value: string): Answer => ({
  ...said,
  headers: [...said.headers, name, value],
});

/** How a protocol tells of a problem. */
export type Protocol = "plain" | "v2" | "mlflow";

export function problemAnswer(problem: Problem, protocol: Protocol): Answer {
  const { status } = problem;
  const headers = [...JSON_HEADERS, ...Object.entries(problem.headers).flat()];
  return { status, headers, text: JSON.stringify(BODIES[protocol](problem)) };
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
  504: "DEADLINE_EXCEEDED",
};
