/** What people should know of the service reaches them: in a log, on the terminal, and by their webhook. */

import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { Alerts, type AlertsRequest, type Notice } from "../../src/serve/alert.ts";
import { temporaryFolder } from "../rig/project.ts";
import { receiver, type Receiver } from "./receiver.ts";

const NOW_MS = Date.parse("2026-05-01T12:00:00.250Z");
const NOTICE: Notice = { level: "error", code: "model-refused", message: "it is no model", digest: "ab".repeat(32) };
const LONG_MS = 30_000;
const ATTEMPT_MS = 5_000;

/** Waits end at once; how long they would have been is kept. The limit of an attempt comes when the test says. */
function alertsOf(of: Partial<AlertsRequest> & { readonly late?: () => Promise<void> } = {}) {
  const { late = () => new Promise<void>(() => {}), ...given } = of;
  const root = given.root ?? temporaryFolder();
  const waits: number[] = [];
  let err = "";
  const sleep = async (ms: number): Promise<void> => {
    if (ms === ATTEMPT_MS) return late();
    waits.push(ms);
  };
  const alerts = new Alerts({
    root,
    owner: "Ada",
    model: "house-prices",
    webhook: undefined,
    secret: undefined,
    err: (text) => (err += text),
    now: () => NOW_MS,
    sleep,
    random: () => 0,
    ...given,
  });
  const logged = (): readonly Record<string, unknown>[] =>
    readFileSync(join(root, "logs/alerts.jsonl"), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { alerts, root, waits, logged, err: () => err };
}

const codesOf = ({ posted }: Receiver): readonly string[] =>
  posted.map(({ body }) => (JSON.parse(body) as { readonly code: string }).code);

const notices = (count: number): readonly Notice[] =>
  Array.from({ length: count }, (_, at) => ({ level: "info", code: `number-${at}`, message: "one of many" }));

describe("an alert", () => {
  test("is a line of the log and a line to read", () => {
    const { alerts, logged, err } = alertsOf();
    alerts.raise(NOTICE);
    alerts.raise({ level: "info", code: "model-live", message: 'its name is "ß"\nand more' });
    const about = { at: "2026-05-01T12:00:00.250Z", owner: "Ada", model: "house-prices" };
    expect(logged()).toEqual([
      { ...about, ...NOTICE },
      { ...about, level: "info", code: "model-live", message: 'its name is "ß"\nand more' },
    ]);
    expect(Object.keys(logged()[0] ?? {})).toEqual(["at", "level", "code", "message", "owner", "model", "digest"]);
    expect(err()).toBe('alert[model-refused]: it is no model\nalert[model-live]: its name is "ß"\nand more\n');
  });

  test("comes after what the log held before", () => {
    const root = temporaryFolder();
    alertsOf({ root }).alerts.raise(NOTICE);
    const { alerts, logged } = alertsOf({ root });
    alerts.raise(NOTICE);
    expect(logged()).toHaveLength(2);
  });

  test.for([
    ["a full disk", (root: string) => symlinkSync("/dev/full", join(root, "logs/alerts.jsonl")), /ENOSPC/],
    ["a folder in its place", (root: string) => mkdirSync(join(root, "logs/alerts.jsonl")), /EISDIR/],
  ] as const)("that cannot be logged is still shown and posted: %s", async ([, spoil, problem]) => {
    const [root, server] = [temporaryFolder(), await receiver()];
    mkdirSync(join(root, "logs"));
    spoil(root);
    const { alerts, err } = alertsOf({ root, webhook: server.url });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(err()).toContain("alert[model-refused]: it is no model\n");
    expect(err()).toMatch(/alert\[alert-not-logged\]: logs\/alerts\.jsonl: /);
    expect(err()).toMatch(problem);
    expect(codesOf(server)).toEqual(["model-refused"]);
  });

  test("is not thrown back where the folder of the logs is a file", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "logs"), "");
    const { alerts, err } = alertsOf({ root });
    alerts.raise(NOTICE);
    expect(err()).toMatch(/alert\[alert-not-logged\]/);
  });
});

describe("a webhook", () => {
  test("gets the line of the log, as JSON", async () => {
    const server = await receiver();
    const { alerts, root } = alertsOf({ webhook: server.url });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    const [got] = server.posted;
    expect(`${got?.body}\n`).toBe(readFileSync(join(root, "logs/alerts.jsonl"), "utf8"));
    expect(got).toMatchObject({
      method: "POST",
      path: "/hooks/secret-path?key=secret-query",
      headers: { "content-type": "application/json", connection: "close" },
    });
    expect(got?.headers).not.toHaveProperty("x-pipe-signature");
  });

  test("can tell by the signature who sent it, and when", async () => {
    const server = await receiver();
    const { alerts } = alertsOf({ webhook: server.url, secret: "s3cret" });
    alerts.raise({ ...NOTICE, message: "größer" });
    await alerts.close(LONG_MS);
    const [got] = server.posted;
    const time = String(got?.headers["x-pipe-signature"]).match(/^t=(\d+),v1=[0-9a-f]{64}$/)?.[1];
    expect(Number(time)).toBe(Math.floor(NOW_MS / 1_000));
    const code = createHmac("sha256", "s3cret").update(`${time}.${got?.body}`).digest("hex");
    expect(got?.headers["x-pipe-signature"]).toBe(`t=${time},v1=${code}`);
  });

  test("gets alerts one at a time in their order, the failed ones again first", async () => {
    const server = await receiver([200], [500], [503], [200]);
    const { alerts, logged } = alertsOf({ webhook: server.url });
    for (const notice of notices(6)) alerts.raise(notice);
    await alerts.close(LONG_MS);
    expect(codesOf(server)).toEqual([0, 1, 1, 1, 2, 3, 4, 5].map((number) => `number-${number}`));
    expect(server.mostOpen()).toBe(1);
    expect(logged()).toHaveLength(6);
  });

  test("is not waited for by who raises", async () => {
    const server = await receiver("never");
    const { alerts, logged } = alertsOf({ webhook: server.url });
    alerts.raise(NOTICE);
    expect(server.posted).toEqual([]);
    expect(logged()).toHaveLength(1);
    await server.received(1);
    await alerts.close(0);
  });

  test("gets what is raised after all before it was sent", async () => {
    const server = await receiver();
    let onSent = (): void => {};
    const sleep = (_ms: number, signal: AbortSignal): Promise<void> =>
      new Promise(() => signal.addEventListener("abort", () => setImmediate(onSent)));
    const { alerts } = alertsOf({ webhook: server.url, sleep });
    const sent = new Promise<void>((resolve) => (onSent = resolve));
    alerts.raise(NOTICE);
    await sent;
    alerts.raise({ ...NOTICE, code: "later" });
    await alerts.close(LONG_MS);
    expect(codesOf(server)).toEqual(["model-refused", "later"]);
  });

  test("that fails five times is given up, and the log says so without the URL's secrets", async () => {
    const server = await receiver([500]);
    const { alerts, logged, err, waits } = alertsOf({ webhook: server.url });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(codesOf(server)).toEqual(Array.from({ length: 5 }, () => "model-refused"));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    const { origin } = new URL(server.url);
    const message = `${origin}: an alert (model-refused) did not get through: it answered 500 (5 attempts)`;
    expect(logged()[1]).toMatchObject({ level: "error", code: "webhook-failed", message, owner: "Ada" });
    expect(err()).toContain(`alert[webhook-failed]: ${message}\n`);
    expect(JSON.stringify(logged()) + err()).not.toContain("secret-");
  });

  test("waits longer by chance, up to twice as long", async () => {
    const server = await receiver([500]);
    const { alerts, waits } = alertsOf({ webhook: server.url, random: () => 1 });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  test.for([408, 429, 500, 503])("that answers %i is asked again", async (status) => {
    const server = await receiver([status], [200]);
    const { alerts, logged } = alertsOf({ webhook: server.url });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(server.posted).toHaveLength(2);
    expect(logged()).toHaveLength(1);
  });

  test.for([400, 401, 404, 410])("that answers %i is not asked again", async (status) => {
    const server = await receiver([status]);
    const { alerts, logged } = alertsOf({ webhook: server.url });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(server.posted).toHaveLength(1);
    expect(logged()[1]?.["message"]).toMatch(`did not get through: it answered ${status}`);
  });

  test.for([301, 302, 307, 308])("that redirects by %i is not followed", async (status) => {
    const elsewhere = await receiver();
    const server = await receiver([status, { location: elsewhere.url }]);
    const { alerts, logged } = alertsOf({ webhook: server.url });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect([server.posted.length, elsewhere.posted.length]).toEqual([1, 0]);
    expect(logged()[1]?.["message"]).toMatch(`it answered ${status}: redirects are not followed`);
  });

  test.for([
    ["7", 7_000],
    ["0", 500],
    ["86400", 60_000],
    [new Date(NOW_MS + 20_750).toUTCString(), 20_750],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 500],
    ["soon", 500],
  ] as const)("that says to come after %s is left alone for so long", async ([after, waitMs]) => {
    const server = await receiver([429, { "retry-after": after }], [200]);
    const { alerts, waits } = alertsOf({ webhook: server.url });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(waits).toEqual([waitMs]);
  });

  test("that does not answer is asked again", async () => {
    const server = await receiver("never", "never", [200]);
    let attempt = 0;
    const late = (): Promise<void> => (++attempt > 2 ? new Promise(() => {}) : server.received(attempt));
    const { alerts, logged } = alertsOf({ webhook: server.url, late });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(server.posted).toHaveLength(3);
    expect(logged()).toHaveLength(1);
  });

  test("that never answers is given up", async () => {
    const server = await receiver("never");
    let attempt = 0;
    const { alerts, logged } = alertsOf({ webhook: server.url, late: () => server.received(++attempt) });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(server.posted).toHaveLength(5);
    await server.quiet();
    expect(logged()[1]?.["message"]).toMatch("no answer within 5 s (5 attempts)");
  });

  test("that is not there is given up", async () => {
    const { alerts, logged } = alertsOf({ webhook: "http://127.0.0.1:1/x" });
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(logged()[1]?.["message"]).toBe(
      "http://127.0.0.1:1: an alert (model-refused) did not get through: ECONNREFUSED (5 attempts)",
    );
  });

  test("that falls far behind gets the newest thousand, and the loss is told", async () => {
    const server = await receiver("never", [200]);
    let isOver: () => void = () => {};
    const over = new Promise<void>((resolve) => (isOver = resolve));
    let attempt = 0;
    const late = (): Promise<void> => (++attempt === 1 ? over : new Promise(() => {}));
    const { alerts, err, logged } = alertsOf({ webhook: server.url, late });
    alerts.raise({ ...NOTICE, code: "first" });
    await server.received(1);
    for (const notice of notices(1_003)) alerts.raise(notice);
    expect(err()).toContain("alert[webhook-full]: 1000 alerts wait to be sent; the oldest give way to new ones\n");
    expect(err().match(/webhook-full/g)).toHaveLength(1);
    expect(logged()).toHaveLength(1_004);
    isOver();
    await alerts.close(LONG_MS);
    expect(err()).toContain("alert[webhook-full]: 3 alerts were never sent: too many waited\n");
    expect(codesOf(server).at(-1)).toBe("number-1002");
    expect(codesOf(server)).not.toContain("number-2");
    expect(codesOf(server)).toContain("number-3");
  });

  test.for(["chat.example/hooks", "ftp://chat.example/", ""])(
    "has to be a URL of http or https: not '%s'",
    (webhook) => {
      expect(() => alertsOf({ webhook })).toThrow(expect.objectContaining({ code: "bad-webhook" }));
    },
  );
});

describe("the end", () => {
  test("waits for nothing where nothing waits", async () => {
    const { alerts } = alertsOf({ webhook: "http://127.0.0.1:1/" });
    await alerts.close(LONG_MS);
  });

  test("gives up at its limit, and tells what was not sent", async () => {
    const server = await receiver("never");
    const { alerts, logged } = alertsOf({ webhook: server.url });
    for (const notice of notices(3)) alerts.raise(notice);
    await server.received(1);
    await alerts.close(1);
    expect(server.posted).toHaveLength(1);
    expect(logged().map(({ message }) => message)).toEqual([
      ...notices(3).map(({ message }) => message),
      expect.stringMatching(/an alert \(number-0\) did not get through: the service ended first$/),
      expect.stringMatching(/2 alerts were not sent before the end$/),
    ]);
  });

  test("does not wait for a server that wants to be left alone for longer", async () => {
    const server = await receiver([503, { "retry-after": "60" }]);
    const sleep = (_ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    const { alerts, logged } = alertsOf({ webhook: server.url, sleep });
    alerts.raise(NOTICE);
    await server.received(1);
    await alerts.close(1);
    expect(logged()[1]?.["message"]).toMatch("the service ended first");
  });

  test("leaves what is raised later to the log", async () => {
    const server = await receiver();
    const { alerts, logged } = alertsOf({ webhook: server.url });
    await alerts.close(LONG_MS);
    alerts.raise(NOTICE);
    await alerts.close(LONG_MS);
    expect(logged()).toHaveLength(1);
    expect(server.posted).toEqual([]);
  });

  test("holds no process: not one whose webhook hangs, nor one that waits to try again", async () => {
    const [hangs, busy, well] = [await receiver("never"), await receiver([503]), await receiver()];
    const folder = temporaryFolder();
    const program = join(folder, "program.mjs");
    const source = resolve(import.meta.dirname, "../../src/serve/alert.ts");
    buildSync({
      entryPoints: [source],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: join(folder, "alert.mjs"),
    });
    writeFileSync(
      program,
      `import { Alerts } from "./alert.mjs";
      for (const webhook of ${JSON.stringify([hangs.url, busy.url, well.url])}) {
        const alerts = new Alerts({ root: ${JSON.stringify(folder)}, owner: "", model: "", webhook, err: () => {} });
        alerts.raise({ level: "info", code: "a", message: "" });
        await alerts.close(100);
      }
for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      process.stdout.write(process.getActiveResourcesInfo().filter((each) => /Timeout|TCP/.test(each)).join());`,
    );
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (text: Buffer) => (out += text.toString()));
    const code = await new Promise((ended) => child.once("close", ended));
    expect([code, out]).toEqual([0, ""]);
    expect(existsSync(join(folder, "logs/alerts.jsonl"))).toBe(true);
  });
});
