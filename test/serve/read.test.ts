/** What its list of checksums does not confirm is never loaded. */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readVerified } from "../../src/serve/read.ts";
import { Refused } from "../../src/serve/refusal.ts";
import { sha256 } from "./served.ts";

const folder = mkdtempSync(join(tmpdir(), "pipe-read-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function placeWith(content: string | undefined, list: (path: string, digest: string) => string | undefined) {
  const model = join(folder, `${++count}.pkl`);
  const checksum = `${model}.txt`;
  if (content !== undefined) writeFileSync(model, content);
  const text = list(model, sha256(content ?? ""));
  if (text !== undefined) writeFileSync(checksum, text);
  return { model, checksum };
}

const refusalOf = async (place: { model: string; checksum: string }): Promise<unknown> =>
  readVerified(place).then(
    () => "read",
    (error: unknown) => (error instanceof Refused ? error.refusal : error),
  );

describe("a model", () => {
  test("that its list names is read, with its digest", async () => {
    const place = placeWith("bytes", (path, digest) => `${digest}  ${path}\n`);
    expect(await readVerified(place)).toEqual({ bytes: Buffer.from("bytes"), digest: sha256("bytes") });
  });

  test("is found by its file's name in a list that was made elsewhere", async () => {
    const place = placeWith("bytes", (path, digest) => `${digest} *elsewhere/${path.split("/").at(-1)}\n`);
    expect((await readVerified(place)).digest).toBe(sha256("bytes"));
  });

  test.each([
    ["whose list says another digest", "bytes", (path: string) => `${sha256("other")}  ${path}\n`, "checksum-mismatch"],
    ["that the list does not name", "bytes", () => `${sha256("bytes")}  other.pkl\n`, "checksum-mismatch"],
    ["whose list is none", "bytes", () => "what?\n", "checksum-mismatch"],
    ["without a list", "bytes", () => undefined, "checksum-missing"],
    ["that is not there", undefined, (path: string) => `${sha256("")}  ${path}\n`, "model-missing"],
  ])("%s is refused", async (_, content, list, code) => {
    const place = placeWith(content, list);
    expect(await refusalOf(place)).toMatchObject({ code, message: expect.stringContaining(folder) });
  });

  test("that is a folder is refused", async () => {
    const place = placeWith(undefined, (path) => `${sha256("")}  ${path}\n`);
    mkdirSync(place.model);
    expect(await refusalOf(place)).toMatchObject({ code: "model-missing", message: `${place.model} is a folder` });
  });

  test("that is still being copied is waited for", async () => {
    const place = placeWith("one, ", (path) => `${sha256("one, two")}  ${path}\n`);
    const found = readVerified(place);
    appendFileSync(place.model, "two");
    expect((await found).bytes.toString()).toBe("one, two");
  });

  test("whose list comes after it is waited for", async () => {
    const place = placeWith("bytes", () => undefined);
    const found = readVerified(place);
    writeFileSync(place.checksum, `${sha256("bytes")}  ${place.model}\n`);
    expect((await found).digest).toBe(sha256("bytes"));
  });
});
