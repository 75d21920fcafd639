/** Whatever a client sends, and however slowly, the service goes on to answer the others. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pickleOf } from "../../src/model/index.ts";
import { modelWith, ROW, sha256 } from "../rig/hosted.ts";
import { endServices, served, type Running } from "../rig/service.ts";
import { pipefileOf } from "../rig/pipefile.ts";

const roots: string[] = [];

/** A service of a model that is there already, with these settings. */
async function servedWith(settings: string): Promise<Running> {
  const root = mkdtempSync(join(tmpdir(), "pipe-hostile-"));
  roots.push(root);
  const bytes = pickleOf(modelWith(1_000));
  writeFileSync(join(root, "Pipefile.ts"), pipefileOf("{}", `serve: { model: "m.pkl", checksum: "m.txt" }`));
  writeFileSync(join(root, "m.pkl"), bytes);
  writeFileSync(join(root, "m.txt"), `${sha256(bytes)}  m.pkl\n`);
  writeFileSync(join(root, "app.env"), settings);
  return served(root);
}

let service: Running;
let patient: Running;

beforeAll(async () => {
  service = await servedWith("HEADER_TIMEOUT=1s\nBODY_TIMEOUT=1s\n");
  patient = await servedWith("MAX_IN_FLIGHT=8\n");
});
afterAll(() => {
  endServices();
  for (const root of roots) rmSync(root, { recursive: true });
});

const portOf = ({ url }: Running): number => Number(new URL(url).port);

/** What a client gets that sends these parts, one as soon as the one before is taken, until the connection is closed. */
async function sent(...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(portOf(service), "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  for (const part of parts) {
    if (socket.destroyed) break;
    if (!socket.write(part)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
  }
  await closed;
  return text;
}

const statusesIn = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
const answersStill = async (asked = service): Promise<void> => {
  const { status, body } = await asked.post("/predict", ROW);
  expect([status, body]).toEqual([200, expect.objectContaining({ prediction: 1_400 })]);
};
const head = (...lines: readonly string[]): string =>
  `${[...lines, "host: a", "connection: close"].join("\r\n")}\r\n\r\n`;
const post = (body: string | Buffer, type = "application/json"): readonly (string | Buffer)[] => [
  head("POST /predict HTTP/1.1", `content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`),
  body,
];

describe("what makes no sense", () => {
  test.each([
    ["JSON", fc.json(), "application/json"],
    ["almost JSON", fc.string({ unit: "binary" }), "application/json"],
    ["tables", fc.array(fc.array(fc.string()).map((row) => row.join(","))).map((rows) => rows.join("\n")), "text/csv"],
    [
      "rows of any values",
      fc.record({ length: fc.jsonValue(), sex: fc.jsonValue() }).map((row) => JSON.stringify(row)),
      "application/json",
    ],
  ])("as %s is a client's mistake", async (_, bodies, type) => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const [status = 0] = statusesIn(await sent(...post(body, type)));
        expect([200, 400, 413]).toContain(status);
      }),
      { numRuns: 200 },
    );
    await answersStill();
  });

  test("as a head is refused or closed", async () => {
    const line = fc.string({ unit: "binary", maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), fc.boolean(), async (lines, isRequest) => {
        const first = isRequest ? ["POST /predict HTTP/1.1", "content-length: 0"] : [];
        for (const status of statusesIn(await sent(head(...first, ...lines)))) expect(status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
    await answersStill();
  });

  test.each([
    ["two lengths", 400, head("POST /predict HTTP/1.1", "content-length: 2", "content-length: 3")],
    ["a length and chunks", 400, head("POST /predict HTTP/1.1", "content-length: 2", "transfer-encoding: chunked")],
    ["a length that is none", 400, head("POST /predict HTTP/1.1", "content-length: x")],
    ["a head of 1 MB", 431, head("GET /health HTTP/1.1", `x: ${"a".repeat(1 << 20)}`)],
    [
      "thousands of headers",
      431,
      head("GET /health HTTP/1.1", ...Array.from({ length: 5_000 }, (_, at) => `x${at}: 1`)),
    ],
    ["a path with a NUL", 404, head("GET /predict%00 HTTP/1.1")],
    ["a path that is no URL", 400, head("GET /%zz HTTP/1.1")],
    ["a whole URL as its path", 200, head("GET http://a/health HTTP/1.1")],
    ["TRACE", 405, head("TRACE /health HTTP/1.1")],
  ])("%s gets %s", async (_, status, request) => {
    expect(statusesIn(await sent(request))[0]).toBe(status);
    await answersStill();
  });
});

describe("what is too much", () => {
  test("a body with a length is refused unread", async () => {
    const text = await sent(
      head("POST /predict HTTP/1.1", "content-type: application/json", "content-length: 99999999999"),
    );
    expect(statusesIn(text)).toEqual([413]);
  });

  test("a body without an end is refused, and takes no memory", async () => {
    const before = residentKb();
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x10000, 0x20), Buffer.from("\r\n")]);
    const endless = Array.from({ length: 4_000 }, () => chunk);
    const text = await sent(
      head("POST /predict HTTP/1.1", "content-type: application/json", "transfer-encoding: chunked"),
      ...endless,
    );
    // The answer may be lost with the connection that is closed on a client that goes on sending.
    expect([[413], []]).toContainEqual(statusesIn(text));
    expect(residentKb() - before).toBeLessThan(60_000);
    await answersStill();
  });

  const residentKb = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, "utf8"))?.[1]);
});

describe("what is too slow", () => {
  test("a head that does not end gets 408", async () => {
    expect(statusesIn(await sent("POST /predict HTTP/1.1\r\nhost: a\r\nx: "))).toEqual([408]);
    await answersStill();
  });

  test("a body that does not end gets 408", async () => {
    const request = head("POST /predict HTTP/1.1", "content-type: application/json", "content-length: 10");
    expect(statusesIn(await sent(request, "{"))).toEqual([408]);
    await answersStill();
  });
});

describe("clients that leave", () => {
  test.each(["/predict", "/invocations", "/v2/models/m/infer"])(
    "in the middle of a body for %s are no errors of the service",
    async (path) => {
      const of = (text: string): number => Number(/pipe_requests_aborted_total (\d+)/.exec(text)?.[1]);
      const before = of((await service.get("/metrics")).body);
      const said = service.said();
      for (let count = 0; count < 50; count++) {
        const socket = connect(portOf(service), "127.0.0.1");
        socket.write(head(`POST ${path} HTTP/1.1`, "content-type: application/json", "content-length: 100"));
        await once(socket, "connect");
        socket.write("{", () => socket.resetAndDestroy());
        await once(socket, "close");
      }
      await service.until(async () => of((await service.get("/metrics")).body) > before);
      expect((await service.get("/metrics")).body).not.toMatch(/_count\{[^}]*status_code="5/);
      expect(service.said()).toBe(said);
      await answersStill();
    },
  );
});

// Many connections take many descriptors: the client is a process of its own, with as many as it may have.
const IDLE = `
const { connect } = require("node:net");
const [port, count] = process.argv.slice(1).map(Number);
let open = 0;
const next = (left) => {
  if (left === 0) return;
  const socket = connect(port, "127.0.0.1", () => {
    if (++open === count) console.log("open");
    next(left - 1);
  });
  socket.on("error", (error) => console.log(error.code));
};
for (let lane = 0; lane < 50; lane++) next(count / 50);
`;

test("ten thousand connections that say nothing keep nobody from an answer", async () => {
  const raised = `ulimit -n "$(ulimit -Hn)" && exec "${process.execPath}" -e '${IDLE}' ${portOf(patient)} 10000`;
  const client = spawn("bash", ["-c", raised], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = (await once(client.stdout, "data")) as [Buffer];
  expect(said.toString()).toBe("open\n");
  await patient.until(() => readdirSync(`/proc/${patient.pid}/fd`).length > 10_000);
  await answersStill(patient);
  client.kill("SIGKILL");
  await once(client, "exit");
  await answersStill(patient);
});

test("more requests at once than are answered are told to come again, and the service says that it lives", async () => {
  const request = head("POST /predict HTTP/1.1", "content-type: application/json", "content-length: 10");
  const open = Array.from({ length: 8 }, () => connect(portOf(patient), "127.0.0.1").setNoDelay());
  for (const socket of open) socket.write(request);
  await patient.until(async () => (await patient.get("/metrics")).body.includes("http_server_active_requests 9"));
  const { status, headers } = await patient.post("/predict", ROW);
  expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await patient.get("/health")).status).toBe(200);
  expect((await patient.get("/ready")).status).toBe(200);
  for (const socket of open) socket.destroy();
  await patient.until(async () => (await patient.get("/metrics")).body.includes("http_server_active_requests 1"));
  await answersStill(patient);
});
