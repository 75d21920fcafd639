/** Posts a document to a URL of the user's: signed, with a limit, again where that may help. */

import { createHmac } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

export interface Webhook {
  readonly url: URL;
  /** Signs what is posted; undefined where it is not signed. */
  readonly secret: string | undefined;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  /** Resolves after that long, or once the signal is aborted; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** At least 0, below 1. */
  readonly random: () => number;
  /** Aborted when it is given up. */
  readonly signal: AbortSignal;
}

interface Failure {
  readonly problem: string;
  /** False where another attempt would end in the same way. */
  readonly isPassing: boolean;
  /** How long the server wants to be left alone. */
  readonly afterMs: number;
}

const ATTEMPTS = 5;
const ATTEMPT_MS = 5_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const [REQUEST_TIMEOUT, TOO_MANY_REQUESTS] = [408, 429];

/** Undefined once a server has taken it; else why none did. */
export async function post(body: string, webhook: Webhook): Promise<string | undefined> {
  const { sleep, signal } = webhook;
  for (let attempt = 1; ; attempt++) {
    const failure = await attempted(body, webhook);
    if (failure === undefined) return undefined;
    if (signal.aborted) return "the service ended first";
    if (!failure.isPassing) return failure.problem;
    if (attempt === ATTEMPTS) return `${failure.problem} (${ATTEMPTS} attempts)`;
    await sleep(waitMs(attempt, failure.afterMs, webhook.random()), signal);
  }
}

/** Doubles each time. At random between its half and the whole, lest all who were turned away come back at once. */
const waitMs = (attempt: number, afterMs: number, random: number): number =>
  Math.max(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random / 2), Math.min(afterMs, LONGEST_WAIT_MS));

async function attempted(body: string, webhook: Webhook): Promise<Failure | undefined> {
  const over = new AbortController();
  const end = (): void => over.abort();
  webhook.signal.addEventListener("abort", end);
  if (webhook.signal.aborted) end();
  try {
    const late = webhook.sleep(ATTEMPT_MS, over.signal).then(() => passing(`no answer within ${ATTEMPT_MS / 1_000} s`));
    return await Promise.race([answered(body, webhook, over.signal), late]);
  } finally {
    webhook.signal.removeEventListener("abort", end);
    // What is still open is of no use to anyone: the answer's body too.
    end();
  }
}

function answered(body: string, webhook: Webhook, signal: AbortSignal): Promise<Failure | undefined> {
  const { url, now } = webhook;
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    // Without an agent no connection is kept, which would keep the process.
    const request = send(url, { method: "POST", headers: headersOf(body, webhook), agent: false, signal });
    request.on("response", (response) => resolve(failureOf(response, now())));
    // Its message may hold the path of the URL, which may be a secret.
    request.on("error", (error: NodeJS.ErrnoException) => resolve(passing(error.code ?? error.name)));
    request.end(body);
  });
}

function headersOf(body: string, { secret, now }: Webhook): Readonly<Record<string, string | number>> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  if (secret === undefined) return headers;
  const time = Math.floor(now() / 1_000);
  const code = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
  return { ...headers, "x-pipe-signature": `t=${time},v1=${code}` };
}

function failureOf({ statusCode: status = 0, headers }: IncomingMessage, nowMs: number): Failure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const problem = `it answered ${status}`;
  if (status >= 300 && status < 400) return { ...passing(`${problem}: redirects are not followed`), isPassing: false };
  const isPassing = status >= 500 || status === REQUEST_TIMEOUT || status === TOO_MANY_REQUESTS;
  return { problem, isPassing, afterMs: afterMsOf(headers["retry-after"] ?? "", nowMs) };
}

/** It is a number of seconds, or a date. */
function afterMsOf(text: string, nowMs: number): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? 0 : ms;
}

const passing = (problem: string): Failure => ({ problem, isPassing: true, afterMs: 0 });
