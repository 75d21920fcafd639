/** How commands of the same project talk to its service: HTTP on a socket in `.pipe`, which only its owner may open. */

import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { H3, toNodeHandler } from "h3";
import { alreadyServed } from "../core/error-service.ts";
import { serviceOf, socketOf, type ServiceState } from "./announce.ts";
import type { Verdict } from "./deployments.ts";

export interface Controlled {
  state(): ServiceState;
  /** What came of the model that stands in its place, or of one that did since a time. */
  deploy(sinceMs: number): Promise<Verdict>;
}

/** Takes commands from now on; the result ends that. No other service of the project may be running. */
export async function takeCommands(root: string, of: Controlled): Promise<() => Promise<void>> {
  const app = new H3()
    .get("/", () => of.state())
    .post("/deploy", ({ url }) => of.deploy(Number(url.searchParams.get("since") ?? Infinity)));
  const server = createServer(toNodeHandler(app));
  const path = socketOf(root);
  // Two may have been started at once.
  const other = await serviceOf(root);
  if (other !== undefined) throw alreadyServed(other);
  // Left by a service that was killed: nobody answers there.
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}
