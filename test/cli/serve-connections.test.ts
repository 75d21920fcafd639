/** What a client may do with a connection to a service of several processes: all that it may do with one process. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { hosted, ROW } from "../rig/hosted.ts";
import { endServices, type Running } from "../rig/service.ts";

afterEach(endServices);

async function served(workers: string, settings = ""): Promise<Running> {
  const project = hosted();
  await project.putModel(1_000);
  project.write("app.env", settings);
  return project.served("--workers", workers);
}

async function opened({ url }: Running): Promise<Socket> {
  const { port } = new URL(url);
  const socket = connect({ host: "127.0.0.1", port: Number(port), allowHalfOpen: true }).on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

const request = (rows: unknown, more = ""): string => {
  const body = JSON.stringify(rows);
  return `POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
};

/** All that the service says until it closes. */
async function heard(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, "end");
  socket.end();
  return text;
}

const statuses = (text: string): readonly string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code = ""]) => code);

describe.each(["1", "2"])("with %s processes, a client", (workers) => {
  test("that sends no more than its request is answered", async () => {
    const socket = await opened(await served(workers));
    socket.end(request(ROW));
    expect(statuses(await heard(socket))).toEqual(["200"]);
  });

  test("may send several requests at once, and is answered in their order", async () => {
    const socket = await opened(await served(workers));
    socket.write(request(ROW) + request({ no: 1 }) + request(ROW, "Connection: close\r\n"));
    expect(statuses(await heard(socket))).toEqual(["200", "400", "200"]);
  });

  test("may send a request when the last is answered, and a body that is large", async () => {
    const socket = await opened(await served(workers));
    socket.write(request(ROW));
    await once(socket, "data");
    const rows = Array.from({ length: 9_000 }, () => ROW);
    socket.write(request(rows, "Connection: close\r\n"));
    const text = await heard(socket);
    expect(statuses(text)).toEqual(["200"]);
    expect(text.length).toBeGreaterThan(30_000);
  });

  test("that is slow is told so, and one that says nothing more is left", async () => {
    const service = await served(workers, "HEADER_TIMEOUT=100ms\nBODY_TIMEOUT=100ms\nIDLE_TIMEOUT=100ms\n");
    const [slow, idle] = [await opened(service), await opened(service)];
    slow.write("POST /predict HTTP/1.1\r\n");
    idle.write(request(ROW));
    expect(statuses(await heard(slow))).toEqual(["408"]);
    expect(statuses(await heard(idle))).toEqual(["200"]);
  });

  test("that comes when each has as many connections as it may is sent away, and comes in once one has gone", async () => {
    const service = await served(workers, "MAX_CONNECTIONS=1\n");
    const answered = (socket: Socket): Promise<boolean> => {
      socket.write(request(ROW));
      return new Promise((resolve) => {
        socket.once("data", () => resolve(true));
        for (const end of ["end", "close"]) socket.once(end, () => resolve(false));
      });
    };
    const sockets: Socket[] = [];
    for (let count = 0; count < Number(workers); count++) {
      const socket = await opened(service);
      sockets.push(socket);
      expect(await answered(socket)).toBe(true);
    }
    expect(await answered(await opened(service))).toBe(false);
    for (const socket of sockets) socket.destroy();
    while (!(await answered(await opened(service))));
  });
});
