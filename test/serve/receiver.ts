/** A server on loopback that takes what is posted to it, well or badly. */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** How a request is answered: by a status and its headers, or not at all. */
export type Answer = readonly [status: number, headers?: Readonly<Record<string, string>>] | "never";

export interface Posted {
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly posted: readonly Posted[];
  /** The most requests that were open at once. */
  mostOpen(): number;
  /** Resolves once that many have come. */
  received(count: number): Promise<void>;
  /** Resolves once no request is open. */
  quiet(): Promise<void>;
}

/** Answers one after the other; the last answer holds for all that follow. */
export async function receiver(...answers: readonly Answer[]): Promise<Receiver> {
  const posted: Posted[] = [];
  let [open, mostOpen] = [0, 0];
  let onPosted = (): void => {};
  let onClosed = (): void => {};
  const server = createServer((request, response) => {
    mostOpen = Math.max(mostOpen, ++open);
    response.once("close", () => {
      open--;
      onClosed();
    });
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      answer(response, answers[Math.min(posted.length, answers.length - 1)] ?? [204]);
      posted.push({ path: request.url, method: request.method, headers: request.headers, body });
      onPosted();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/secret-path?key=secret-query`,
    posted,
    mostOpen: () => mostOpen,
    received: (count) =>
      new Promise((resolve) => {
        onPosted = () => void (posted.length >= count && resolve());
        onPosted();
      }),
    quiet: () =>
      new Promise((resolve) => {
        onClosed = () => void (open === 0 && resolve());
        onClosed();
      }),
  };
}

function answer(response: ServerResponse, of: Answer): void {
  if (of === "never") return;
  const [status, headers] = of;
  response.writeHead(status, headers).end("taken\n");
}
