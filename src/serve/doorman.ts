/** Gives each connection to the process that has fewest, and keeps it until it is known to have come there. */

import { createServer, type Server, type Socket } from "node:net";
import { bound, type Address } from "./port.ts";

/** A process that answers on connections. */
export interface Host {
  /** Resolves once it has the connection; rejects where it never will. */
  take(connection: Socket): Promise<void>;
}

/** What is known of a host. */
export interface Place {
  /** Connections that it has, with the one that is on its way. */
  readonly open: number;
  /** One that was given to it is not known to have come yet. */
  readonly isGiven: boolean;
}

interface Waiting {
  readonly connection: Socket;
  readonly sinceMs: number;
}

/** Longer than a process takes to be found dead, and another to begin. */
const MOST_WAIT_MS = 30_000;
const CHECKING_MS = 1_000;

/**
 * Node's own distribution, of a cluster, gives a connection away for good: one that is on its way to a process that dies
 * is neither answered nor closed, ever. Here both processes have it open until the other one has said that it came.
 */
export class Doorman {
  readonly url: string;
  readonly #server: Server;
  /** Connections of each host. */
  readonly #most: number;
  /** Whoever was given one last is the last. */
  readonly #places = new Map<Host, Place>();
  readonly #waiting: Waiting[] = [];
  readonly #check: NodeJS.Timeout;

  private constructor(of: { readonly server: Server; readonly url: string; readonly most: number }) {
    this.url = of.url;
    this.#server = of.server;
    this.#most = of.most;
    this.#server.on("connection", (connection: Socket) => this.#come({ connection, sinceMs: performance.now() }));
    this.#check = setInterval(() => this.#closeLate(), CHECKING_MS).unref();
  }

  /** `most` connections are for one host. Rejects with Node's error where the address is not to be had. */
  static async at(address: Address, most: number): Promise<Doorman> {
    // Nothing is read here: what the client sends is for whoever answers. The system keeps what is set of a connection.
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    const url = await bound(server, address);
    return new Doorman({ server, url, most });
  }

  admit(host: Host): void {
    this.#places.set(host, { open: 0, isGiven: false });
    this.#give();
  }

  /** It is given no more. */
  dismiss(host: Host): void {
    this.#places.delete(host);
  }

  /** One that a host had is closed. */
  left(host: Host): void {
    const place = this.#places.get(host);
    if (place === undefined) return;
    this.#places.set(host, { ...place, open: place.open - 1 });
    this.#give();
  }

  /** Nobody is let in any more, and who still waits is sent away. */
  end(): void {
    clearInterval(this.#check);
    this.#server.close();
    this.#places.clear();
    for (const { connection } of this.#waiting.splice(0)) connection.destroy();
  }

  #come(waiting: Waiting): void {
    if (hasRoom([...this.#places.values()], this.#waiting.length, this.#most)) this.#waiting.push(waiting);
    else waiting.connection.destroy();
    this.#give();
  }

  #give(): void {
    while (this.#waiting.length > 0) {
      const host = nextOf(this.#places, this.#most);
      const next = host && this.#waiting.shift();
      if (next === undefined) return;
      void this.#handOver(next, host as Host);
    }
  }

  async #handOver(next: Waiting, host: Host): Promise<void> {
    const { open } = this.#places.get(host) as Place;
    this.#places.delete(host);
    this.#places.set(host, { open: open + 1, isGiven: true });
    try {
      await host.take(next.connection);
    } catch {
      // It ended, or is about to. Nothing was read of the connection: it is another's.
      this.dismiss(host);
      if (!this.#server.listening) return void next.connection.destroy();
      this.#waiting.unshift(next);
      return this.#give();
    }
    // Of two that have it open, this one leaves; the client does not notice.
    next.connection.destroy();
    const place = this.#places.get(host);
    if (place !== undefined) this.#places.set(host, { ...place, isGiven: false });
    this.#give();
  }

  #closeLate(): void {
    const sinceMs = performance.now() - MOST_WAIT_MS;
    while (this.#waiting[0] !== undefined && this.#waiting[0].sinceMs < sinceMs)
      this.#waiting.shift()?.connection.destroy();
  }
}

/** One at a time, so that whoever is busy is passed by; of those with as few, the one that was given one longest ago. */
export function nextOf<T>(places: ReadonlyMap<T, Place>, most: number): T | undefined {
  let next: T | undefined;
  let fewest = most;
  for (const [host, { open, isGiven }] of places) {
    if (isGiven || open >= fewest) continue;
    next = host;
    fewest = open;
  }
  return next;
}

/** Whether one more may wait: as many as the hosts may have, and while there are none, as many as one. */
export function hasRoom(places: readonly Place[], waiting: number, most: number): boolean {
  const open = places.reduce((sum, place) => sum + place.open, 0);
  return open + waiting < most * Math.max(1, places.length);
}
