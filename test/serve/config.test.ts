/** What the settings of a service come to: which source wins, what each may be, and what app.env may say. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PipeError } from "../../src/core/error.ts";
import { configFrom, type ConfigSources, type Configured } from "../../src/serve/config.ts";
import { SETTINGS, type SettingKey } from "../../src/serve/setting.ts";

const configured = (sources: Partial<ConfigSources>): Configured =>
  configFrom({ flags: {}, env: {}, file: undefined, ...sources });

/** Of one setting: its value, and where it comes from. */
function found(key: SettingKey, sources: Partial<ConfigSources>): readonly [unknown, string | undefined] {
  const { config, origins } = configured(sources);
  return [config[key], origins.find(({ name }) => name === SETTINGS[key].name)?.origin];
}

function refusal(sources: Partial<ConfigSources>): PipeError {
  try {
    configured(sources);
  } catch (error) {
    if (error instanceof PipeError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

const TOKEN = "0123456789abcdef";
const keys = Object.keys(SETTINGS) as readonly SettingKey[];

describe("where a setting comes from", () => {
  const all = { flags: { port: "1" }, env: { PORT: "2" }, file: "PORT=3" };

  test("a flag wins over the environment, that over app.env, and that over the default", () => {
    expect(found("port", all)).toEqual([1, "flag --port"]);
    expect(found("port", { ...all, flags: {} })).toEqual([2, "environment"]);
    expect(found("port", { file: "\n# a comment\nPORT=3" })).toEqual([3, "app.env line 3"]);
    expect(found("port", {})).toEqual([8080, "default"]);
    expect(found("owner", {})).toEqual([undefined, "not set"]);
  });

  test("what is empty is not set, but for a flag", () => {
    expect(found("port", { env: { PORT: "" }, file: "PORT=3" })).toEqual([3, "app.env line 1"]);
    expect(found("port", { file: "PORT=" })).toEqual([8080, "default"]);
    expect(found("owner", { file: "OWNER=''" })).toEqual([undefined, "not set"]);
    expect(refusal({ flags: { host: "" }, env: { HOST: "127.0.0.1" } }).message).toBe(
      "HOST (flag --host) is no address",
    );
  });

  test("a source that does not count is not judged", () => {
    expect(found("port", { flags: { port: "1" }, env: { PORT: "many" }, file: "PORT=x" })).toEqual([1, "flag --port"]);
  });

  test("each setting is told once, in the order of the table", () => {
    expect(configured({}).origins.map(({ name }) => name)).toEqual(keys.map((key) => SETTINGS[key].name));
  });
});

const good: Readonly<Record<SettingKey, readonly (readonly [text: string, value: unknown])[]>> = {
  host: [
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["localhost", "localhost"],
  ],
  port: [
    ["0", 0],
    ["65535", 65_535],
  ],
  workers: [
    ["1", 1],
    ["256", 256],
  ],
  owner: [["Ada Lovelace <ada@example.org>", "Ada Lovelace <ada@example.org>"]],
  apiToken: [[TOKEN, TOKEN]],
  alertWebhook: [
    ["https://chat.example/hooks/1?key=2", "https://chat.example/hooks/1?key=2"],
    ["http://127.0.0.1:9000", "http://127.0.0.1:9000"],
  ],
  alertSecret: [["s", "s"]],
  maxInFlight: [
    ["1", 1],
    ["100000", 100_000],
  ],
  maxConnections: [["1000000", 1_000_000]],
  maxBodyBytes: [
    ["1KB", 1_000],
    ["1.5MB", 1_500_000],
    ["0.0015KB", 2],
    ["100MB", 100_000_000],
  ],
  maxRows: [["10000000", 10_000_000]],
  headerTimeoutMs: [
    ["1ms", 1],
    ["2.3s", 2_300],
    ["1.5ms", 2],
  ],
  bodyTimeoutMs: [["1m", 60_000]],
  idleTimeoutMs: [["1h", 3_600_000]],
  loadTimeoutMs: [["2m", 120_000]],
  predictTimeoutMs: [["500ms", 500]],
  drainTimeoutMs: [["1d", 86_400_000]],
};

const bad: Readonly<Record<Exclude<SettingKey, "owner" | "alertSecret">, readonly string[]>> = {
  host: ["two words", "http://127.0.0.1", "[::1]", "a/b"],
  port: ["-1", "65536", "80.0", "0x50", "1e3", "eighty", "9999999999"],
  workers: ["0", "257", "1.5", "auto"],
  apiToken: ["0123456789abcde", "0123456789 abcdef", "0123456789abcdeé"],
  alertWebhook: ["chat.example/hooks", "ftp://chat.example", "https://", "https:///x", "https://a b", "javascript:1"],
  maxInFlight: ["0", "100001", "-5"],
  maxConnections: ["0", "1000001"],
  maxBodyBytes: ["0KB", "1000", "101MB", "1GB", "1 MB", "1mb", "-1MB", "0.0001KB"],
  maxRows: ["0", "10000001"],
  headerTimeoutMs: ["0s", "10", "10 s", "-1s", "0.4ms", "1.1d", "30d", "1e3s", "Infinity"],
  bodyTimeoutMs: ["2d", ""],
  idleTimeoutMs: ["1w", "25h"],
  loadTimeoutMs: ["0s", "2d"],
  predictTimeoutMs: ["", "1"],
  drainTimeoutMs: ["forever", "30d"],
};

describe("what a setting may be", () => {
  test.for(keys.flatMap((key) => good[key].map(([text, value]) => [SETTINGS[key].name, text, value, key] as const)))(
    "%s may be %s",
    ([name, text, value, key]) => {
      expect(found(key, { env: { [name]: text } })).toEqual([value, "environment"]);
      expect(found(key, { file: `${name}="${text}"` })).toEqual([value, "app.env line 1"]);
    },
  );

  test.for(
    Object.entries(bad).flatMap(([key, texts]) =>
      texts.filter(Boolean).map((text) => [SETTINGS[key as SettingKey], text] as const),
    ),
  )("$0.name may not be $1", ([{ name, expected }, text]) => {
    expect(refusal({ env: { [name]: text } })).toMatchObject({
      code: "bad-setting",
      message: `${name} (environment) is no ${expected}`,
      exitCode: 2,
    });
    expect(refusal({ file: `\n${name}='${text}'` }).message).toBe(`${name} (app.env line 2) is no ${expected}`);
  });

  test("each default is a value that may be given", () => {
    const { config } = configured({});
    for (const key of keys) {
      const { fallback, name } = SETTINGS[key];
      if (fallback !== undefined)
        expect(found(key, { env: { [name]: fallback } })).toEqual([config[key], "environment"]);
    }
  });

  test("a length of time is one that Node takes: whole milliseconds, and no more than its timers count", () => {
    const texts = fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom("ms", "s", "m", "h", "d"));
    fc.assert(
      fc.property(texts, ([amount, unit]) => {
        const ms = SETTINGS.drainTimeoutMs.read(`${amount.toFixed(6)}${unit}`);
        return ms === undefined || (Number.isInteger(ms) && ms >= 1 && ms < 2 ** 31);
      }),
    );
  });
});

describe("app.env", () => {
  test.for([
    ["a comment after a space ends the value", "OWNER=Ada # the first", "Ada"],
    ["a # inside a word is none", "OWNER=C#", "C#"],
    ["a # at the beginning of the value is one", "OWNER=# nobody", undefined],
    ["spaces around the name and the value do not count", "  OWNER =  Ada Lovelace  ", "Ada Lovelace"],
    ["a tab is a space", "\tOWNER\t=\tAda\t# the first", "Ada"],
    ["double quotes keep what is inside", 'OWNER=" Ada # 1 "', " Ada # 1 "],
    ["single quotes do too", "OWNER='\"Ada\"' # quoted", '"Ada"'],
    ["nothing is escaped or filled in", 'OWNER="a\\n$HOME"', "a\\n$HOME"],
    ["a value may have an equals sign", "OWNER=a=b", "a=b"],
    ["export may stand before the name", "export OWNER=Ada", "Ada"],
    ["a line may end as on Windows", "# a\r\nOWNER=Ada\r\nPORT=1\r\n", "Ada"],
    ["a byte order mark is none of the name", "\uFEFFOWNER=Ada", "Ada"],
    ["empty lines and comments say nothing", "\n  \n#OWNER=Bob\n  # PORT=x\nOWNER=Ada", "Ada"],
  ] as const)("%s", ([, file, owner]) => {
    expect(configured({ file }).config.owner).toBe(owner);
  });

  test.for([
    ["a line without =", "PORT 8080", "bad-setting", "app.env line 1 is no setting"],
    ["a name that is none", "MAX-ROWS=1", "bad-setting", "app.env line 1 is no setting"],
    ["two settings in one line of an old Mac", "PORT=1\rWORKERS=2", "bad-setting", "app.env line 1 is no setting"],
    ["a setting that is there twice", "PORT=1\n\nPORT=1", "bad-setting", "app.env line 3 sets PORT again"],
    ["a quote without an end", '\nOWNER="Ada', "bad-setting", "app.env line 2 has a quote that does not end"],
    ["words after a quote", "OWNER='Ada' Lovelace", "bad-setting", "app.env line 1 has a quote that does not end"],
    ["a setting that there is not", "SPEED=1", "unknown-setting", "app.env line 1: there is no setting SPEED"],
  ] as const)("%s is refused with its line", ([, file, code, message]) => {
    expect(refusal({ file })).toMatchObject({ code, message, exitCode: 2 });
  });

  test.for([
    ["PROT=1", "did you mean PORT?"],
    ["port=1", "did you mean PORT?"],
    ["Api_Tokens=x", "did you mean API_TOKEN?"],
    ["SPEED=1", "docs/serve.md lists the settings"],
    ["__proto__=1", "docs/serve.md lists the settings"],
  ])("of %s the hint is: %s", ([file = "", hint]) => {
    expect(refusal({ file }).hint).toBe(hint);
  });

  const word = fc.constantFrom(
    ...keys.map((key) => SETTINGS[key].name),
    "SPEED",
    "export",
    "1",
    "=",
    '"',
    "'",
    "#",
    " ",
  );
  const lines = fc.array(fc.oneof(word, fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 8 });
  const files = fc.array(lines, { maxLength: 8 }).map((text) => text.map((words) => words.join("")).join("\n"));

  test("whatever it says is read, or is an error that tells the line", () => {
    fc.assert(
      fc.property(files, (file) => {
        try {
          configured({ file, flags: { open: true } });
        } catch (error) {
          const { message } = error as PipeError;
          const line = Number(/app\.env line (\d+)/.exec(message)?.[1]);
          expect(error).toBeInstanceOf(PipeError);
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(file.split("\n").length);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("what is written in quotes is what is read", () => {
    const texts = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/["\r\n\u2028\u2029]/.test(text));
    fc.assert(
      fc.property(texts, (text) => {
        expect(configured({ file: `OWNER="${text}"` }).config.owner).toBe(text);
      }),
    );
  });
});
