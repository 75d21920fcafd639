/** What a service's settings give away: secrets to nobody, and the service to other machines only if that was meant. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PipeError, renderError } from "../../src/core/error.ts";
import { configFrom, isLoopback, type ConfigSources } from "../../src/serve/config.ts";
import { SETTINGS } from "../../src/serve/setting.ts";
import { configText } from "../../src/ui/config.ts";

const TOKEN = "0123456789abcdef";

/** All that a person gets to see: each setting, or the error. */
function shown(sources: Partial<ConfigSources>): string {
  try {
    return configText(configFrom({ flags: {}, env: {}, file: undefined, ...sources }).origins);
  } catch (error) {
    if (error instanceof PipeError) return renderError(error);
    throw error;
  }
}

describe("a secret", () => {
  const secrets = Object.values(SETTINGS).filter((setting) => "isSecret" in setting);

  test("is what a client, a webhook or a signature needs", () => {
    expect(secrets.map(({ name }) => name)).toEqual(["API_TOKEN", "ALERT_WEBHOOK", "ALERT_SECRET"]);
  });

  test("is shown as hidden where it is set, from wherever", () => {
    const text = shown({
      env: { API_TOKEN: TOKEN },
      file: "ALERT_WEBHOOK=https://chat.example/hooks/1\nALERT_SECRET=x",
    });
    expect(text).toMatch(/^API_TOKEN +\(hidden\) +environment$/m);
    expect(text).toMatch(/^ALERT_WEBHOOK +\(hidden\) +app\.env line 1$/m);
    expect(text).toMatch(/^ALERT_SECRET +\(hidden\) +app\.env line 2$/m);
  });

  test("is never shown, right or wrong, in whatever line of app.env", () => {
    const marked = fc.string({ unit: "grapheme-ascii", maxLength: 20 }).map((text) => `hush-${text}`);
    const written = fc.constantFrom("", '"', "'", "https://", " ");
    const names = fc.constantFrom(
      "API_TOKEN",
      "ALERT_WEBHOOK",
      "ALERT_SECRET",
      "API_TOKN",
      "export API_TOKEN",
      "API TOKEN",
    );
    fc.assert(
      fc.property(names, marked, written, written, (name, secret, before, after) => {
        expect(shown({ file: `${name}=${before}${secret}${after}` })).not.toContain("hush");
        expect(shown({ env: { [name]: `${before}${secret}${after}` } })).not.toContain("hush");
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("an address that other machines reach", () => {
  const refused = (host: string, origin: string): string =>
    `error[open-host]: HOST ${host} (${origin}) is reachable from other machines, and no API_TOKEN is set\n` +
    "  hint: set API_TOKEN in app.env, or say with --open that anybody may ask";

  test("is refused, from wherever it comes", () => {
    expect(shown({ flags: { host: "0.0.0.0" } })).toBe(refused("0.0.0.0", "flag --host"));
    expect(shown({ env: { HOST: "::" } })).toBe(refused("::", "environment"));
    expect(shown({ file: "HOST=box.example" })).toBe(refused("box.example", "app.env line 1"));
  });

  test("is taken with a token, or where anybody may ask", () => {
    expect(shown({ flags: { host: "0.0.0.0" }, env: { API_TOKEN: TOKEN } })).toContain("flag --host");
    expect(shown({ flags: { host: "0.0.0.0" }, file: `API_TOKEN=${TOKEN}` })).toContain("flag --host");
    expect(shown({ flags: { host: "0.0.0.0", open: true } })).toContain("flag --host");
    expect(shown({ flags: { host: "0.0.0.0" }, file: "API_TOKEN=" })).toContain("error[open-host]");
  });

  test.for(["127.0.0.1", "127.1.2.3", "::1", "localhost"])("is not %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.for([
    "0.0.0.0",
    "::",
    "127.0.0.256",
    "127.example",
    "127.0.0.1.example",
    "localhost.example",
    "10.0.0.1",
    "box",
    "0",
    "128.0.0.1",
  ])("may be %s", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

test("each setting is a line, in columns that only this text decides", () => {
  expect(
    configText([
      { name: "PORT", value: "8080", origin: "default" },
      { name: "API_TOKEN", value: "(hidden)", origin: "environment" },
      { name: "OWNER", value: undefined, origin: "not set" },
    ]),
  ).toBe(
    ["PORT       8080      default", "API_TOKEN  (hidden)  environment", "OWNER                not set", ""].join("\n"),
  );
});
