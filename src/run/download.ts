/** Downloads a URL to a file, unless the server says that its version is the one that is known. */

import { open } from "node:fs/promises";
import { retryable } from "../core/retryable.ts";

/** What a server says of a version of a file (RFC 9110, section 8.8). */
export interface Version {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface Download {
  readonly url: string;
  /** Where the body goes; its folder is there. */
  readonly place: string;
  /** The version that is at hand, if one is. */
  readonly known: Version | undefined;
  /** How long the server may send nothing. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  /** Is told before the first byte is written. */
  readonly onBody: () => void;
  /** `total` is 0 where the server does not say. */
  readonly onBytes: (done: number, total: number) => void;
}

/** The version that was written, or `same`. What may go well another time is a failure of the kind `network`. */
export async function download(of: Download): Promise<Version | "same"> {
  const { url, known, signal } = of;
  const idle = new Idle(of.idleMs);
  try {
    const headers = { "accept-encoding": "identity", ...conditionsOf(known) };
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, idle.signal]) });
    idle.refresh();
    if (response.status === 304 && known !== undefined) {
      await response.body?.cancel();
      return "same";
    }
    if (response.status !== 200) throw await refusalOf(url, response);
    of.onBody();
    await writeBody(of, response, idle);
    return versionOf(response.headers);
  } catch (error) {
    if (!idle.signal.aborted || signal.aborted) throw error;
    throw retryable("network", new Error(`${url} sent nothing for ${of.idleMs / 1000} s`));
  } finally {
    idle.end();
  }
}

/** Gives up when nothing was heard for a while. */
class Idle {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#timer = setTimeout(() => this.#controller.abort(), ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  refresh(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function conditionsOf(known: Version | undefined): Readonly<Record<string, string>> {
  const { etag, lastModified } = known ?? {};
  return {
    ...(etag === undefined ? {} : { "if-none-match": etag }),
    ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
  };
}

function versionOf(headers: Headers): Version {
  const [etag, lastModified] = [headers.get("etag"), headers.get("last-modified")];
  return { ...(etag === null ? {} : { etag }), ...(isSure(lastModified, headers) ? { lastModified } : {}) };
}

/** A time is no version before its second is over (RFC 9110, section 8.8.2.2). */
function isSure(lastModified: string | null, headers: Headers): lastModified is string {
  const [answeredMs, modifiedMs] = [headers.get("date"), lastModified].map((text) => Date.parse(text ?? ""));
  return (answeredMs ?? Number.NaN) - (modifiedMs ?? Number.NaN) >= 1000;
}

/** Too many requests, a server that is down or too slow: all that may be over soon. */
const MAY_PASS = new Set([408, 425, 429, 500, 502, 503, 504]);

async function refusalOf(url: string, { status, statusText, body }: Response): Promise<unknown> {
  await body?.cancel();
  const refusal = new Error(`${url} answered ${status} ${statusText}`.trimEnd());
  return MAY_PASS.has(status) ? retryable("network", refusal) : refusal;
}

/** Of a body that is shorter than was told, fetch itself throws. */
async function writeBody({ place, onBytes }: Download, response: Response, idle: Idle): Promise<void> {
  const length = lengthOf(response.headers) ?? 0;
  let bytes = 0;
  const file = await open(place, "w");
  try {
    for await (const chunk of response.body ?? []) {
      idle.refresh();
      await file.writeFile(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      onBytes(bytes, length);
    }
  } finally {
    await file.close();
  }
}

/** In bytes; of a body that was packed on its way the length says nothing. */
function lengthOf(headers: Headers): number | undefined {
  const [length, encoding] = [headers.get("content-length"), headers.get("content-encoding") ?? "identity"];
  return length === null || encoding !== "identity" ? undefined : Number(length);
}
