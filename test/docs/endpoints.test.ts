/** docs/endpoints.md and a service: each request that is shown is answered as it is shown, and every route is told. */

import { expect, test } from "vitest";
import { ROUTES } from "../../src/serve/route.ts";
import { hosted } from "../rig/front.ts";
import { textOf } from "./checkout.ts";
import { blocksOf, tableOf } from "./markdown.ts";

const docs = textOf("docs/endpoints.md");

interface Message {
  readonly first: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function messageOf(block: string): Message {
  const [head = "", ...body] = block.split("\n\n");
  const [first = "", ...lines] = head.trim().split("\n");
  return { first, headers: Object.fromEntries(lines.map((line) => line.split(": "))), body: body.join("\n\n") };
}

const messages = blocksOf(docs, "http").map(messageOf);
const exchanges = messages.flatMap((request, at) => (at % 2 === 0 ? [[request, messages[at + 1] as Message]] : []));

test.for(exchanges.map(([request, answer]) => [request?.first, request, answer] as const))(
  "%s is answered as it is shown",
  async ([first, request, answer]) => {
    const { get } = await hosted();
    const [method = "", path = ""] = first?.split(" ") ?? [];
    const body = request?.body === "" ? {} : { body: new TextEncoder().encode(request?.body) };
    const found = await get(path, { method, headers: request?.headers ?? {}, ...body });
    expect(`HTTP/1.1 ${found.status}`).toBe(answer?.first);
    // No two predictions have the same id; each begins with the digest.
    const json: unknown = JSON.parse(found.text.replaceAll(/"5e1f0a0a0a0a\.[^"]+"/g, '"…"'));
    expect(json).toEqual(JSON.parse(answer?.body ?? ""));
    for (const [name, value] of Object.entries(answer?.headers ?? {})) expect(found.headers.get(name)).toBe(value);
  },
);

test("there are examples", () => {
  expect(exchanges.length).toBeGreaterThan(10);
});

test("every route is told, and no other", () => {
  const told = tableOf(docs).map(([path, method, summary]) => `${method} ${path} ${summary}`);
  expect(told).toEqual(Object.values(ROUTES).map((route) => `${route.method} \`${route.template}\` ${route.summary}`));
});
