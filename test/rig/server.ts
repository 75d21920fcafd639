/** A server on loopback that serves one file, well or badly, and counts what it is asked. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { H3, toNodeHandler, type H3Event } from "h3";
import { onTestFinished } from "vitest";

/** How the next requests are answered, one after the other; the last way holds for all that follow. */
export type Way =
  | "well"
  /** By another status, such as 503. */
  | number
  /** The connection ends after half the body, which was said to be whole. */
  | "cut"
  /** The same of a body whose length was not told. */
  | "cut-chunked"
  /** The length that was told is longer than the body, and the connection stays open. */
  | "stalled"
  /** The connection ends without an answer. */
  | "reset"
  /** To another path, which answers well. */
  | "redirected"
  /** Nothing is ever answered. */
  | "silent";

export interface FileServer {
  readonly url: string;
  body: string | Buffer<ArrayBuffer>;
  etag: string | undefined;
  lastModified: string | undefined;
  /** What the server takes the time to be; its own clock if undefined. */
  date: string | undefined;
  ways: Way[];
  /** What it answered: a status, or a way in which it did not. Begins anew at each call. */
  answers(): readonly (number | Way)[];
  /** Nobody answers there any more. */
  close(): Promise<void>;
}

export async function fileServer(body: FileServer["body"], path = "/data/table.csv"): Promise<FileServer> {
  let seen: (number | Way)[] = [];
  const nextWay = (): Way => (file.ways.length > 1 ? file.ways.shift() : file.ways[0]) ?? "well";
  const app = new H3();
  app.get(path.replace(/\?.*/, ""), (event) => answer(event, file));
  app.get("/elsewhere", (event) => answer(event, file));
  const wellBehaved = toNodeHandler(app);
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const way = request.url === "/elsewhere" ? "well" : nextWay();
    response.once("finish", () => seen.push(response.statusCode));
    if (way === "well") void wellBehaved(request, response);
    else {
      if (typeof way !== "number" && way !== "redirected") seen.push(way);
      MISBEHAVIOURS[typeof way === "number" ? "status" : way](response, { file, way });
    }
  });
  await listening(server);
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  const file: FileServer = {
    url: `http://127.0.0.1:${port}${path}`,
    body,
    etag: '"1"',
    lastModified: undefined,
    date: undefined,
    ways: ["well"],
    answers() {
      const answers = seen;
      seen = [];
      return answers;
    },
    close,
  };
  return file;
}

const listening = (server: Server): Promise<void> =>
  new Promise((resolve) => void server.listen(0, "127.0.0.1", resolve));

function answer(event: H3Event, { body, etag, lastModified, date }: FileServer): Response {
  const headers = new Headers(date === undefined ? {} : { date });
  if (etag !== undefined) headers.set("etag", etag);
  if (lastModified !== undefined) headers.set("last-modified", lastModified);
  const asked = event.req.headers;
  const isKnown =
    (etag !== undefined && asked.get("if-none-match") === etag) ||
    (etag === undefined && lastModified !== undefined && asked.get("if-modified-since") === lastModified);
  return isKnown ? new Response(null, { status: 304, headers }) : new Response(body, { headers });
}

type Misbehaviour = (response: ServerResponse, of: { readonly file: FileServer; readonly way: Way }) => void;

const half = ({ body }: FileServer): FileServer["body"] => body.slice(0, body.length / 2);
const MISBEHAVIOURS: Readonly<Record<Exclude<Way, "well" | number> | "status", Misbehaviour>> = {
  status: (response, { way }) => void response.writeHead(Number(way)).end("no"),
  cut(response, { file }) {
    response.writeHead(200, { etag: '"cut"', "content-length": file.body.length });
    response.write(half(file), () => response.destroy());
  },
  "cut-chunked"(response, { file }) {
    response.writeHead(200, { etag: '"cut"' });
    response.write(half(file), () => response.destroy());
  },
  stalled(response, { file }) {
    response.writeHead(200, { etag: '"stalled"', "content-length": file.body.length });
    response.write(half(file));
  },
  reset: (response) => void response.destroy(),
  redirected: (response) => void response.writeHead(302, { location: "/elsewhere" }).end(),
  silent: () => undefined,
};
