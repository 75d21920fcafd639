/** The traffic of one process: what may be in flight at once, how slow a client may be, and the end without a broken answer. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

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

export interface AnsweringRequest {
  readonly limits: ServerLimits;
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** True for what has to be answered however much is in flight, such as whether the service lives. */
  readonly isAlways: (request: IncomingMessage) => boolean;
  readonly onAnswered: (answered: Answered) => void;
  readonly onShed: () => void;
}

export interface Answering {
  /** Where connections come from a port: to be bound to it. */
  readonly server: Server;
  /** Answers on a connection that another process accepted. Throws where it has ended. */
  take(connection: Socket): void;
  inFlight(): number;
  /** Ends once nothing is in flight, or at the limit, whatever is. Requests that come meanwhile are still answered. */
  end(limitMs: number): Promise<void>;
}

/** How often Node looks for what is too slow. */
const CHECKING_MS = 500;
const MOST_HEADER_BYTES = 16_384;

export function answering(request: AnsweringRequest): Answering {
  const { limits } = request;
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
  let [isWatched, isEnded] = [false, false];
  return {
    server,
    take(connection) {
      if (isEnded) {
        connection.destroy();
        throw new Error("it has ended");
      }
      // Without a port of its own, this is what makes Node know its connections, and look for slow ones.
      if (!isWatched) server.emit("listening");
      isWatched = true;
      // What a client may do that has sent all it will: read the answer.
      connection.allowHalfOpen = true;
      server.emit("connection", connection);
    },
    inFlight: () => traffic.inFlight,
    async end(limitMs) {
      await traffic.quiet(limitMs);
      isEnded = true;
      await closed(server);
    },
  };
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Whatever is in flight still had its time.
  server.closeAllConnections();
  await done;
}

class Traffic {
  readonly #request: AnsweringRequest;
  #onQuiet: () => void = () => {};
  #isEnding = false;
  inFlight = 0;

  constructor(request: AnsweringRequest) {
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
