/** Asks the project's service, where one runs: HTTP on its socket. */

import { request as httpRequest } from "node:http";
import { relative } from "node:path";
import type { Verdict } from "./deployments.ts";

/** Below the project's root; only its owner may open it. */
export const SOCKET = ".pipe/service.sock";

/** What a service says of itself. */
export interface ServiceState {
  readonly pid: number;
  readonly url: string;
  /** SHA-256 of the model in service. */
  readonly live: string;
}

/** Longer than any model takes to be tried; a service that has stopped is not waited for. */
const PATIENCE_MS = 120_000;

// The path of a socket is short by law of the system; from the project's root it is.
export const socketOf = (root: string): string => relative(process.cwd(), `${root}/${SOCKET}`);

/** What the project's service says of itself; undefined where none runs. */
export const serviceOf = (root: string): Promise<ServiceState | undefined> => asked(root, "GET", "/");

/** What the project's service makes of what was left in its model's place since a time; undefined where none runs. */
export const announce = (root: string, sinceMs: number): Promise<Verdict | undefined> =>
  asked(root, "POST", `/deploy?since=${sinceMs}`);

/** There is no service, a killed one left its socket, or it ended just now. */
const NOBODY = ["ENOENT", "ECONNREFUSED", "ECONNRESET"];

function asked<T>(root: string, method: string, path: string): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath: socketOf(root), method, path, timeout: PATIENCE_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text) as T);
        else reject(new Error(`the service answered ${response.statusCode}: ${text}`));
      });
    });
    request.on("timeout", () =>
      request.destroy(new Error(`the service has not answered for ${PATIENCE_MS / 1_000} s`)),
    );
    request.on("error", (error: NodeJS.ErrnoException) =>
      NOBODY.includes(error.code ?? "") ? resolve(undefined) : reject(error),
    );
    request.end();
  });
}
