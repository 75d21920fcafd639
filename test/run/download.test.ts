/** What a download makes of a server's answers; the ways through the real command are in test/cli/url.test.ts. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { download, type Download } from "../../src/run/download.ts";
import { kindOf } from "../../src/run/kind.ts";
import { temporaryFolder } from "../rig/project.ts";
import { fileServer } from "../rig/server.ts";

const place = (): string => join(temporaryFolder(), "body");
const of = (url: string, more: Partial<Download> = {}): Download => ({
  url,
  place: place(),
  known: undefined,
  idleMs: 10_000,
  signal: new AbortController().signal,
  onBody: () => undefined,
  onBytes: () => undefined,
  ...more,
});

test("the body is written as it is, told as it comes, and its version is given", async () => {
  const body = "a,b\n".repeat(200_000);
  const server = await fileServer(body);
  const told: (readonly [number, number])[] = [];
  const asked = of(server.url, { onBytes: (done, total) => void told.push([done, total]) });
  expect(await download(asked)).toEqual({ etag: '"1"' });
  expect(readFileSync(asked.place, "utf8")).toBe(body);
  expect(told.at(-1)?.[0]).toBe(body.length);
  expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).toSorted((one, other) => one - other));
});

test("nothing is written where the version is the known one", async () => {
  const server = await fileServer("body");
  const asked = of(server.url, { known: { etag: '"1"' }, onBody: () => expect.unreachable() });
  expect(await download(asked)).toBe("same");
  expect(existsSync(asked.place)).toBe(false);
});

test("an answer of 'not modified' that nobody asked for is no file", async () => {
  const server = await fileServer("body");
  server.ways = [304];
  await expect(download(of(server.url))).rejects.toThrow(`${server.url} answered 304`);
});

test.for(["silent", "stalled"] as const)(
  "a %s server is a failure of the network once it was waited for",
  async (way) => {
    const server = await fileServer("a body of two halves");
    server.ways = [way];
    const thrown: unknown = await download(of(server.url, { idleMs: 50 })).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ message: `${server.url} sent nothing for 0.05 s` });
    expect(kindOf(thrown)).toBe("network");
  },
);

test.for(["cut", "cut-chunked", "reset"] as const)(
  "a connection that is %s is a failure of the network",
  async (way) => {
    const server = await fileServer("a body of two halves");
    server.ways = [way];
    expect(kindOf(await download(of(server.url)).catch((error: unknown) => error))).toBe("network");
  },
);

test("who asked may give up", async () => {
  const server = await fileServer("body");
  server.ways = ["silent"];
  const controller = new AbortController();
  const asked = download(of(server.url, { signal: controller.signal }));
  controller.abort(new Error("enough"));
  await expect(asked).rejects.toThrow("enough");
});
