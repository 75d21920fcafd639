/** Every setting of a service, in one table: the reader, the help, the example file and the docs all follow it. Pure. */

import { durationMs } from "../core/duration.ts";
import { sizeBytes } from "../core/tokens.ts";

export interface Setting<T> {
  /** In the environment and in app.env. */
  readonly name: string;
  readonly flag?: "host" | "port" | "workers";
  /** As text, as in app.env; undefined where it is not set. */
  readonly fallback: string | undefined;
  readonly isSecret?: boolean;
  readonly description: string;
  /** What a value is: follows 'is no'. */
  readonly expected: string;
  /** Undefined for a text that is none. */
  readonly read: (text: string) => T | undefined;
}

const whole =
  (least: number, greatest: number) =>
  (text: string): number | undefined => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= greatest ? value : undefined;
  };

const count = (name: string, of: { least: number; greatest: number; fallback: number; description: string }) => ({
  name,
  fallback: String(of.fallback),
  description: of.description,
  expected: `whole number from ${of.least} to ${of.greatest}`,
  read: whole(of.least, of.greatest),
});

const LONGEST_MS = 86_400_000;

// Node's servers take whole milliseconds alone, and its timers fire at once where they should wait for 25 days.
const time = (name: string, fallback: string, description: string) => ({
  name,
  fallback,
  description,
  expected: 'length of time from "1ms" to "1d", such as "10s"',
  read: (text: string): number | undefined => {
    const ms = Math.round(durationMs(text) ?? 0);
    return ms >= 1 && ms <= LONGEST_MS ? ms : undefined;
  },
});

const some = (text: string): string => text;

const MOST_BYTES = 100_000_000;

export const SETTINGS = {
  host: {
    name: "HOST",
    flag: "host",
    fallback: "127.0.0.1",
    description: "the address to listen on; 127.0.0.1 is this machine alone",
    expected: "address",
    read: (text: string) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  },
  port: {
    ...count("PORT", { least: 0, greatest: 65_535, fallback: 8080, description: "the port; 0 takes any that is free" }),
    flag: "port",
  },
  workers: {
    ...count("WORKERS", { least: 1, greatest: 256, fallback: 1, description: "how many processes answer" }),
    flag: "workers",
  },
  owner: {
    name: "OWNER",
    fallback: undefined,
    description: "who answers for the model; stands in each alert",
    expected: "text",
    read: some,
  },
  apiToken: {
    name: "API_TOKEN",
    fallback: undefined,
    isSecret: true,
    description: "what a client sends as 'Authorization: Bearer …'; without it nobody is asked",
    expected: "text of 16 characters or more, without spaces",
    read: (text: string) => (/^[\x21-\x7e]{16,}$/.test(text) ? text : undefined),
  },
  alertWebhook: {
    name: "ALERT_WEBHOOK",
    fallback: undefined,
    isSecret: true,
    description: "where alerts are posted as JSON",
    expected: "URL that begins with http:// or https://",
    read: (text: string) => (/^https?:\/\/[^\s/]/.test(text) && URL.canParse(text) ? text : undefined),
  },
  alertSecret: {
    name: "ALERT_SECRET",
    fallback: undefined,
    isSecret: true,
    description: "signs what is posted to the webhook",
    expected: "text",
    read: some,
  },
  maxInFlight: count("MAX_IN_FLIGHT", {
    least: 1,
    greatest: 100_000,
    fallback: 256,
    description: "requests that a process answers at once; more get 503 with Retry-After",
  }),
  maxConnections: count("MAX_CONNECTIONS", {
    least: 1,
    greatest: 1_000_000,
    fallback: 20_000,
    description: "connections that a process keeps open",
  }),
  maxBodyBytes: {
    name: "MAX_BODY",
    fallback: "1MB",
    description: "the most of one request's body; more gets 413",
    expected: 'size up to "100MB", such as "1MB"',
    read: (text: string) => {
      const bytes = Math.round(sizeBytes(text) ?? 0);
      return bytes >= 1 && bytes <= MOST_BYTES ? bytes : undefined;
    },
  },
  maxRows: count("MAX_ROWS", {
    least: 1,
    greatest: 10_000_000,
    fallback: 10_000,
    description: "the most rows of one request; more get 413",
  }),
  headerTimeoutMs: time("HEADER_TIMEOUT", "10s", "how long a client may take for the head of a request; then 408"),
  bodyTimeoutMs: time("BODY_TIMEOUT", "30s", "how long it may take for all of a request; then 408"),
  idleTimeoutMs: time("IDLE_TIMEOUT", "60s", "how long a connection may wait for the next request"),
  loadTimeoutMs: time(
    "LOAD_TIMEOUT",
    "60s",
    "how long a new model may take to be loaded and tried; then it is refused",
  ),
  predictTimeoutMs: time("PREDICT_TIMEOUT", "30s", "how long the model may take for a request; then 504"),
  drainTimeoutMs: time("DRAIN_TIMEOUT", "10s", "how long requests in flight may take once the service ends"),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingKey = keyof typeof SETTINGS;

type ValueOf<S> = S extends { readonly read: (text: string) => infer T } ? Exclude<T, undefined> : never;
type IsSet<S> = S extends { readonly fallback: undefined } ? undefined : never;

/** What each setting comes to. */
export type Config = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> | IsSet<(typeof SETTINGS)[K]> };
