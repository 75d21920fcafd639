/** The listening socket: what may be in flight at once, how slow a client may be, and the end without a broken answer. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ServerLimits {
  /** Requests that are answered at once; more are told to come again. */
  readonly maxInFlight: number;
  readonly maxConnections: number;
  readonly headerTimeoutMs: number;
  /** From the first byte of a request to the last of its body. */
  readonly bodyTimeoutMs: number;
  /** Of a connection between two requests. */
  readonly idleTimeoutMs: number;
}

/** What came of one request. */
export interface Answered {
  readonly request: IncomingMessage;
  readonly status: number;
  readonly seconds: number;
  /** True where the client left before it had the answer. */
  readonly isAborted: boolean;
}

export interface ListeningRequest {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly limits: ServerLimits;
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** True for what has to be answered however much is in flight, such as whether the service lives. */
  readonly isAlways: (request: IncomingMessage) => boolean;
  readonly onAnswered: (answered: Answered) => void;
  readonly onShed: () => void;
}

export interface Listening {
  readonly url: string;
  inFlight(): number;
  /** Ends once nothing is in flight, or at the limit, whatever is. Requests that come meanwhile are still answered. */
  end(limitMs: number): Promise<void>;
}

/** How often Node looks for what is too slow. */
const CHECKING_MS = 500;
const MOST_HEADER_BYTES = 16_384;

/** Resolves once the port is bound; rejects with Node's error where it cannot be. */
export async function listen(request: ListeningRequest): Promise<Listening> {
  const { host, port, limits } = request;
  const traffic = new Traffic(request);
  const server = createServer(
    {
      headersTimeout: limits.headerTimeoutMs,
      requestTimeout: Math.max(limits.bodyTimeoutMs, limits.headerTimeoutMs),
      keepAliveTimeout: limits.idleTimeoutMs,
      connectionsCheckingInterval: CHECKING_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
    (incoming, response) => traffic.take(incoming, response),
  );
  server.maxConnections = limits.maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: false, backlog: 1_024 }, resolve);
  });
  return {
    url: urlOf(server, host),
    inFlight: () => traffic.inFlight,
    end: (limitMs) => ended(server, traffic, limitMs),
  };
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

async function ended(server: Server, traffic: Traffic, limitMs: number): Promise<void> {
  await traffic.quiet(limitMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Whatever is in flight still had its time.
  server.closeAllConnections();
  await closed;
}

class Traffic {
  readonly #request: ListeningRequest;
  #onQuiet: () => void = () => {};
  #isEnding = false;
  inFlight = 0;

  constructor(request: ListeningRequest) {
    this.#request = request;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const { listener, isAlways, limits, onShed } = this.#request;
    const startMs = performance.now();
    // It closes once.
    response.on("close", () => this.#answered(request, response, startMs));
    this.inFlight++;
    // The connection is not to be used again by a client that would find it closed.
    if (this.#isEnding) response.setHeader("connection", "close");
    if (this.inFlight <= limits.maxInFlight || isAlways(request)) return listener(request, response);
    onShed();
    response.writeHead(503, { "retry-after": "1", "content-type": "application/json" });
    response.end('{"error":"too many requests are in flight; come again in a second"}\n');
  }

  /** Resolves when nothing is in flight, and no later than the limit. */
  quiet(limitMs: number): Promise<void> {
    this.#isEnding = true;
    if (this.inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#onQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #answered(request: IncomingMessage, response: ServerResponse, startMs: number): void {
    this.inFlight--;
    this.#request.onAnswered({
      request,
      status: response.statusCode,
      seconds: (performance.now() - startMs) / 1_000,
      isAborted: !response.writableFinished,
    });
    if (this.inFlight === 0) this.#onQuiet();
  }
}
