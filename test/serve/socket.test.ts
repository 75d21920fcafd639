/** Clients that send too much, or go away: over raw sockets, with what the process says of it. */

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { listenerOf } from "../../src/serve/app.ts";
import type { Front } from "../../src/serve/front.ts";
import { frontOf, penguin, servedOf } from "../rig/front.ts";

/** A server that tells of each response that ended or was lost. */
async function serving(front: Front): Promise<{ readonly port: number; readonly closed: Promise<ServerResponse> }> {
  const listener = listenerOf(front);
  let close: (response: ServerResponse) => void;
  const closed = new Promise<ServerResponse>((resolve) => {
    close = resolve;
  });
  const server = createServer((request, response) => {
    response.once("close", () => close(response));
    listener(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => server.close().closeAllConnections());
  return { port: (server.address() as AddressInfo).port, closed };
}

const head = (more: string): string =>
  `POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => undefined);
  return socket;
}

/** All that the server says until it closes. */
async function heard(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, "close");
  return text;
}

test("a body that is told to be too long is refused before any of it comes", async () => {
  const { port } = await serving(frontOf(servedOf(penguin), { mostBytes: 1000 }));
  const socket = await opened(port);
  socket.write(head("Content-Length: 1001"));
  const answer = await heard(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toMatch(/connection: close/i);
  expect(answer).toContain('{"error":"a body may have 1000 bytes at most: send the rows in several requests"}');
});

test("a body in chunks is read up to the limit, and no further", async () => {
  const { port } = await serving(frontOf(servedOf(penguin), { mostBytes: 1000 }));
  const socket = await opened(port);
  const answer = heard(socket);
  // It never ends: only a server that stops reading answers.
  socket.write(`${head("Transfer-Encoding: chunked")}400\r\n${" ".repeat(1024)}\r\n400\r\n`);
  expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
});

test.for([
  ["in the middle of its body", "Content-Length: 100", '{"island"'],
  ["between two chunks", "Transfer-Encoding: chunked", "5\r\n     \r\n"],
])("a client that goes away %s leaves no word behind", async ([, length, body]) => {
  const said = [vi.spyOn(console, "error"), vi.spyOn(console, "warn"), vi.spyOn(console, "log")];
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown): unknown => rejections.push(reason);
  process.on("unhandledRejection", onRejection);
  onTestFinished(() => {
    process.off("unhandledRejection", onRejection);
    vi.restoreAllMocks();
  });
  const { port, closed } = await serving(frontOf());
  const socket = await opened(port);
  socket.write(head(length as string) + body);
  socket.resetAndDestroy();
  const response = await closed;
  await new Promise(setImmediate);
  expect(response.statusCode).not.toBe(500);
  expect(rejections).toEqual([]);
  for (const spy of said) expect(spy).not.toHaveBeenCalled();
});

test("a client that is refused in the middle of its body is told one thing, and nobody else anything", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => void vi.restoreAllMocks());
  const { port, closed } = await serving(frontOf(servedOf(penguin), { mostBytes: 1000 }));
  const socket = await opened(port);
  const answer = heard(socket);
  socket.write(`${head("Transfer-Encoding: chunked")}400\r\n${" ".repeat(1024)}\r\n`);
  expect((await answer).match(/HTTP\/1\.1/g)).toHaveLength(1);
  await closed;
  await new Promise(setImmediate);
  expect(said).not.toHaveBeenCalled();
});

test("a client that goes away while the model thinks leaves no word behind", async () => {
  const said = vi.spyOn(console, "error");
  onTestFinished(() => void vi.restoreAllMocks());
  let asked: () => void;
  let think: (predictions: readonly number[]) => void;
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const thought = new Promise<readonly number[]>((resolve) => {
    think = resolve;
  });
  const predict = (): Promise<readonly number[]> => {
    asked();
    return thought;
  };
  const { port, closed } = await serving(frontOf(servedOf(penguin, { predict })));
  const socket = await opened(port);
  const body = '{"island":"Dream","beak_length_mm":1,"flipper_length_mm":1,"sex":null}';
  socket.write(`${head(`Content-Length: ${body.length}`)}${body}`);
  await wasAsked;
  socket.resetAndDestroy();
  await closed;
  think!([1]);
  await new Promise(setImmediate);
  expect(said).not.toHaveBeenCalled();
});

test.for([
  ["OPTIONS * HTTP/1.1", 404],
  ["GET http://elsewhere/health HTTP/1.1", 200],
  ["GET //health HTTP/1.1", 404],
  ["GET /../health HTTP/1.1", 200],
  ["GET /v2/models/%2e%2e/ready HTTP/1.1", 404],
  ["GET /v2/models/%ff HTTP/1.1", 400],
  ["GET /__proto__ HTTP/1.1", 404],
  ["BREW /predict HTTP/1.1", 400],
  ["PATCH /predict HTTP/1.1", 405],
] as const)("%s gives %i, and nothing is said of it", async ([line, status]) => {
  const said = vi.spyOn(console, "error");
  onTestFinished(() => void vi.restoreAllMocks());
  const { port } = await serving(frontOf());
  const socket = await opened(port);
  socket.write(`${line}\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(await heard(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(said).not.toHaveBeenCalled();
});

test("two requests on a connection are answered one after the other", async () => {
  const { port } = await serving(frontOf());
  const socket = await opened(port);
  const body = '{"island":"Dream","beak_length_mm":1,"flipper_length_mm":1,"sex":null}';
  const request = `${head(`Content-Length: ${body.length}`)}${body}`;
  const last = request.replace("Host: a", "Host: a\r\nConnection: close");
  const answers = heard(socket);
  socket.write(request + last);
  expect((await answers).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});
