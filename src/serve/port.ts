/** Where a service is to be found: a server is bound to its address. */

import type { AddressInfo, Server } from "node:net";

export interface Address {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

/** Those that the system holds until they are taken. */
const BACKLOG = 1_024;

/** Resolves with the URL; rejects with Node's error where the address is not to be had. */
export async function bound(server: Server, { host, port }: Address): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    // Later it tells of a connection that could not be taken, as with too many files open: that ends nothing.
    server.on("error", reject);
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${taken}`;
}
