/** What each setting comes to, and where from: flags over the environment over app.env over the default. Pure. */

import { isIPv4 } from "node:net";
import { badSetting, badSettingLine, openHost, unknownSetting } from "../core/error-setting.ts";
import { nearest } from "../core/nearest.ts";
import { SETTINGS, type Config, type Setting, type SettingKey } from "./setting.ts";

export interface ConfigSources {
  readonly flags: Readonly<Partial<Record<"host" | "port" | "workers", string | undefined>>> & {
    readonly open?: boolean | undefined;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of app.env. */
  readonly file: string | undefined;
}

/** One setting, as `--print-config` shows it. */
export interface Origin {
  readonly name: string;
  /** Of a secret only whether it is set. */
  readonly value: string | undefined;
  /** `flag --port`, `environment`, `app.env line 3`, `default`. */
  readonly origin: string;
}

export interface Configured {
  readonly config: Config;
  readonly origins: readonly Origin[];
}

interface Found {
  readonly text: string;
  readonly origin: string;
}

export function configFrom(sources: ConfigSources): Configured {
  const lines = linesOf(sources.file ?? "");
  const keys = Object.keys(SETTINGS) as SettingKey[];
  const found = new Map(keys.map((key) => [key, foundFor(SETTINGS[key], sources, lines)]));
  const config = Object.fromEntries(keys.map((key) => [key, valueOf(SETTINGS[key], found.get(key))])) as Config;
  const { text: host = "", origin = "" } = found.get("host") ?? {};
  if (!isLoopback(host) && config.apiToken === undefined && sources.flags.open !== true)
    throw openHost({ host, origin });
  return { config, origins: keys.map((key) => originOf(SETTINGS[key], found.get(key))) };
}

/** True for an address that only this machine reaches; a name but localhost may lead anywhere. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

function foundFor(
  setting: Setting<unknown>,
  { flags, env }: ConfigSources,
  lines: ReadonlyMap<string, Found>,
): Found | undefined {
  const { name, flag, fallback } = setting;
  const typed = flag === undefined ? undefined : flags[flag];
  if (typed !== undefined) return { text: typed, origin: `flag --${flag}` };
  const given = env[name];
  if (given !== undefined && given !== "") return { text: given, origin: "environment" };
  const line = lines.get(name);
  if (line !== undefined && line.text !== "") return line;
  return fallback === undefined ? undefined : { text: fallback, origin: "default" };
}

function valueOf(setting: Setting<unknown>, found: Found | undefined): unknown {
  if (found === undefined) return undefined;
  const value = setting.read(found.text);
  if (value === undefined) throw badSetting({ name: setting.name, origin: found.origin, expected: setting.expected });
  return value;
}

function originOf({ name, isSecret = false }: Setting<unknown>, found: Found | undefined): Origin {
  if (found === undefined) return { name, value: undefined, origin: "not set" };
  return { name, value: isSecret ? "(hidden)" : found.text, origin: found.origin };
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/;

/** The settings of app.env by name. A value may stand in quotes; `#` after a space begins a comment. */
function linesOf(text: string): ReadonlyMap<string, Found> {
  const known = new Set<string>(Object.values(SETTINGS).map(({ name }) => name));
  const found = new Map<string, Found>();
  // A byte order mark, and the end of a line as on Windows, are spaces to the expressions here.
  for (const [at, content] of text.split("\n").entries()) {
    const line = at + 1;
    if (/^\s*(?:#|$)/.test(content)) continue;
    const [, name, value = ""] = LINE.exec(content) ?? [];
    if (name === undefined) throw badSettingLine({ line, problem: "is no setting" });
    if (!known.has(name)) throw unknownSetting({ name, line, near: nearest(name.toUpperCase(), known) });
    if (found.has(name)) throw badSettingLine({ line, problem: `sets ${name} again` });
    found.set(name, { text: unquoted(value, line), origin: `app.env line ${line}` });
  }
  return found;
}

function unquoted(value: string, line: number): string {
  const [quote = ""] = value;
  if (quote !== '"' && quote !== "'") return value.replace(/(?:^|\s+)#.*$/, "");
  const [, inner] = (quote === '"' ? /^"([^"]*)"\s*(?:#.*)?$/ : /^'([^']*)'\s*(?:#.*)?$/).exec(value) ?? [];
  if (inner === undefined) throw badSettingLine({ line, problem: "has a quote that does not end" });
  return inner;
}
