/** docs/alerts.md: its example is a line as the service writes it, and its code tells a genuine request from others. */

import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import { Alerts } from "../../src/serve/alert.ts";
import { temporaryFolder } from "../rig/project.ts";
import { receiver } from "../serve/receiver.ts";
import { textOf } from "./checkout.ts";
import { blocksOf, sectionOf, tableOf } from "./markdown.ts";

const docs = textOf("docs/alerts.md");
const [example = ""] = blocksOf(docs, "json");

test("the example is a line as it is written, and its fields are those of the table", () => {
  const root = temporaryFolder();
  const { at, owner, model, ...notice } = JSON.parse(example);
  const now = (): number => Date.parse(at);
  new Alerts({ root, owner, model, webhook: undefined, secret: undefined, err: () => {}, now }).raise(notice);
  expect(readFileSync(join(root, "logs/alerts.jsonl"), "utf8")).toBe(example);
  const fields = tableOf(sectionOf(docs, "What is in a line")).map(([field = ""]) => field.replaceAll(/[`*]/g, ""));
  expect(fields).toEqual(Object.keys(JSON.parse(example)));
});

test("the code for Node tells a genuine request from any other", async () => {
  const [block = ""] = blocksOf(docs, "ts");
  const path = join(temporaryFolder(), "genuine.mjs");
  writeFileSync(path, transformSync(block, { loader: "ts" }).code);
  type IsGenuine = (body: Uint8Array, signature: string, secret: string, withinSeconds?: number) => boolean;
  const { isGenuine } = (await import(path)) as { readonly isGenuine: IsGenuine };
  const server = await receiver();
  const request = { root: temporaryFolder(), owner: "Ada", model: "größer", webhook: server.url, err: () => {} };
  const alerts = new Alerts({ ...request, secret: "s3cret" });
  alerts.raise({ level: "info", code: "a", message: "b" });
  await alerts.close(30_000);
  const [posted] = server.posted;
  const text = posted?.body ?? "";
  const [body, signature] = [Buffer.from(text), String(posted?.headers["x-pipe-signature"])];
  expect(isGenuine(body, signature, "s3cret")).toBe(true);
  expect(isGenuine(body, signature, "another")).toBe(false);
  expect(isGenuine(Buffer.from(`${text} `), signature, "s3cret")).toBe(false);
  expect(isGenuine(body, signature.replace(/v1=../, "v1=zz"), "s3cret")).toBe(false);
  expect(isGenuine(body, "", "s3cret")).toBe(false);
  const time = Math.floor(Date.now() / 1_000) - 301;
  const code = createHmac("sha256", "s3cret").update(`${time}.${text}`).digest("hex");
  expect(isGenuine(body, `t=${time},v1=${code}`, "s3cret")).toBe(false);
  expect(isGenuine(body, `t=${time},v1=${code}`, "s3cret", 600)).toBe(true);
});
