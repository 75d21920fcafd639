/** Tells people what they should know of the service: a line in the log, a line to read, and a post to their webhook. */

import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleepFor } from "node:timers/promises";
import { badWebhook } from "../core/error-service.ts";
import { post, type Webhook } from "./webhook.ts";

export interface Notice {
  readonly level: "error" | "warning" | "info";
  /** A plain word, the same for each of its kind. */
  readonly code: string;
  readonly message: string;
  /** SHA-256 of the model that it is about, hex. */
  readonly digest?: string;
}

export interface AlertsRequest {
  readonly root: string;
  /** Who answers for the model. */
  readonly owner: string;
  readonly model: string;
  /** Where each alert is posted to; undefined where nowhere. */
  readonly webhook: string | undefined;
  /** Signs what is posted. */
  readonly secret: string | undefined;
  /** Shows text to whoever started the service: whole lines, with their ends. */
  readonly err: (text: string) => void;
  readonly now?: Webhook["now"];
  readonly sleep?: Webhook["sleep"];
  readonly random?: Webhook["random"];
}

const FOLDER = "logs";
const FILE = "alerts.jsonl";

/** Alerts that wait to be posted: about a megabyte. */
const MOST_WAITING = 1_000;

interface Waiting {
  readonly code: string;
  readonly body: string;
}

export class Alerts {
  readonly #request: AlertsRequest;
  readonly #now: () => number;
  readonly #webhook: Webhook | undefined;
  readonly #end = new AbortController();
  readonly #waiting: Waiting[] = [];
  #dropped = 0;
  #isClosed = false;
  #sending: Promise<void> | undefined;

  /** Throws a PipeError where the webhook is no URL. */
  constructor(request: AlertsRequest) {
    const { webhook, secret, now = Date.now, sleep = rest, random = Math.random } = request;
    this.#request = request;
    this.#now = now;
    if (webhook !== undefined)
      this.#webhook = { url: urlOf(webhook), secret, now, sleep, random, signal: this.#end.signal };
  }

  /** Never throws, and waits for nobody. */
  raise(notice: Notice): void {
    const body = this.#record(notice);
    if (this.#webhook === undefined || this.#isClosed) return;
    if (this.#waiting.length === MOST_WAITING) this.#drop();
    this.#waiting.push({ code: notice.code, body });
    this.#sending ??= this.#send(this.#webhook);
  }

  /** What waits is still posted, within the limit. What is raised from now on is logged alone. */
  async close(limitMs: number): Promise<void> {
    this.#isClosed = true;
    if (this.#sending === undefined) return;
    const sent = new AbortController();
    const limit = sleepFor(limitMs, undefined, { signal: sent.signal }).catch(() => {});
    await Promise.race([this.#sending, limit]);
    sent.abort();
    this.#end.abort();
    await this.#sending;
  }

  /** One at a time, in their order: a webhook is no place for a race. */
  async #send(webhook: Webhook): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const problem = await post(next.body, webhook);
      if (problem !== undefined) this.#failed(webhook, `an alert (${next.code}) did not get through: ${problem}`);
      if (this.#end.signal.aborted) break;
    }
    if (this.#waiting.length > 0) this.#failed(webhook, `${alerts(this.#waiting.length)} not sent before the end`);
    if (this.#dropped > 0) this.#say("webhook-full", `${alerts(this.#dropped)} never sent: too many waited`);
    this.#dropped = 0;
    this.#sending = undefined;
  }

  /** Said when it begins; how many in all, once none waits. */
  #drop(): void {
    this.#waiting.shift();
    if (this.#dropped === 0)
      this.#say("webhook-full", `${MOST_WAITING} alerts wait to be sent; the oldest give way to new ones`);
    this.#dropped++;
  }

  /** Not posted itself: that would not get through either. */
  #failed({ url }: Webhook, message: string): void {
    this.#record({ level: "error", code: "webhook-failed", message: `${url.origin}: ${message}` });
  }

  /** Its line, without the end. */
  #record({ level, code, message, digest }: Notice): string {
    const { root, owner, model } = this.#request;
    const at = new Date(this.#now()).toISOString();
    const line = JSON.stringify({ at, level, code, message, owner, model, digest });
    this.#say(code, message);
    try {
      append(`${root}/${FOLDER}`, `${line}\n`);
    } catch (error) {
      this.#say("alert-not-logged", `${FOLDER}/${FILE}: ${(error as Error).message}`);
    }
    return line;
  }

  #say(code: string, message: string): void {
    this.#request.err(`alert[${code}]: ${message}\n`);
  }
}

/** In one call, so that whoever reads meanwhile sees whole lines. */
function append(folder: string, line: string): void {
  mkdirSync(folder, { recursive: true });
  const file = openSync(`${folder}/${FILE}`, "a");
  try {
    const [written, size] = [writeSync(file, line), Buffer.byteLength(line)];
    if (written < size) throw new Error(`only ${written} of ${size} bytes of a line were written`);
  } finally {
    closeSync(file);
  }
}

function urlOf(webhook: string): URL {
  const url = URL.canParse(webhook) ? new URL(webhook) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) throw badWebhook();
  return url;
}

// A process that has nothing else to do is not held by a wait.
const rest: Webhook["sleep"] = (ms, signal) => sleepFor(ms, undefined, { signal, ref: false }).catch(() => {});

const alerts = (count: number): string => (count === 1 ? "1 alert was" : `${count} alerts were`);
