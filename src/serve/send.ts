/** How an answer is written: at once by node:http, or by the framework. */

import { STATUS_CODES, type ServerResponse } from "node:http";
import { FastResponse } from "srvx";
import type { Answer } from "./answer.ts";

/** In one piece: what comes in two costs twice the calls of the system, or waits to be put together. */
export function send(response: ServerResponse, { status, headers, text = "" }: Answer): void {
  response.writeHead(status, [...headers, "content-length", String(Buffer.byteLength(text))]);
  response.end(text);
}

export function responseOf({ status, headers, text }: Answer): Response {
  const pairs = headers.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name, headers[at + 1] ?? ""]] : [],
  );
  return new FastResponse(text ?? null, { status, statusText: STATUS_CODES[status] ?? "", headers: pairs });
}
