/** Connections are spread over processes, and none is lost with one that dies. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { Doorman, hasRoom, nextOf, type Host, type Place } from "../../src/serve/doorman.ts";

const places = fc.array(fc.record({ open: fc.nat(9), isGiven: fc.boolean() }), { maxLength: 6 });
const byIndex = (list: readonly Place[]): ReadonlyMap<number, Place> => new Map(list.entries());

describe("the next connection", () => {
  test("is for one that has fewest of those that may have one more and are not being given one", () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 9 }), (list, most) => {
        const free = list.filter(({ open, isGiven }) => !isGiven && open < most);
        const next = nextOf(byIndex(list), most);
        expect(next === undefined).toBe(free.length === 0);
        if (next === undefined) return;
        expect(free).toContain(list[next]);
        expect(list[next]?.open).toBe(Math.min(...free.map(({ open }) => open)));
      }),
    );
  });

  test("is for the first of those that have as few", () => {
    fc.assert(
      fc.property(places, (list) => {
        const next = nextOf(byIndex(list), Infinity);
        const fewest = list[next ?? -1]?.open;
        expect(list.slice(0, next ?? 0).filter(({ open, isGiven }) => !isGiven && open === fewest)).toEqual([]);
      }),
    );
  });

  test("may wait as long as all together are below what they may have, and where nobody is there, as one may", () => {
    expect(hasRoom([], 1, 2)).toBe(true);
    expect(hasRoom([], 2, 2)).toBe(false);
    expect(
      hasRoom(
        [
          { open: 2, isGiven: false },
          { open: 1, isGiven: true },
        ],
        0,
        2,
      ),
    ).toBe(true);
    expect(
      hasRoom(
        [
          { open: 2, isGiven: false },
          { open: 1, isGiven: true },
        ],
        1,
        2,
      ),
    ).toBe(false);
  });
});

/** A process that is a part of this one: it holds what it was given until it is told what becomes of that. */
class Guest implements Host {
  readonly given: Socket[] = [];
  readonly #came: (() => void)[] = [];
  readonly #answers: { resolve: () => void; reject: (error: Error) => void }[] = [];

  take(connection: Socket): Promise<void> {
    this.given.push(connection);
    for (const resolve of this.#came.splice(0)) resolve();
    return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
  }

  has(): void {
    this.#answers.shift()?.resolve();
  }

  dies(): void {
    this.#answers.shift()?.reject(new Error("it died"));
  }

  async until(count: number): Promise<void> {
    while (this.given.length < count) await new Promise<void>((resolve) => this.#came.push(resolve));
  }
}

async function opened(most = 100): Promise<{ readonly doorman: Doorman; readonly client: () => Promise<Socket> }> {
  const doorman = await Doorman.at({ host: "127.0.0.1", port: 0 }, most);
  onTestFinished(() => doorman.end());
  const client = async (): Promise<Socket> => {
    const socket = connect(Number(new URL(doorman.url).port), "127.0.0.1").on("error", () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    return socket.resume();
  };
  return { doorman, client };
}

describe("a doorman", () => {
  test("gives a connection to another where the one that it was given to dies before it came", async () => {
    const { doorman, client } = await opened();
    const [first, second] = [new Guest(), new Guest()];
    doorman.admit(first);
    await client();
    await first.until(1);
    doorman.admit(second);
    first.dies();
    await second.until(1);
    expect(second.given[0]).toBe(first.given[0]);
    expect(second.given[0]?.destroyed).toBe(false);
  });

  test("keeps a connection for the next that begins where all have died", async () => {
    const { doorman, client } = await opened();
    const [first, second] = [new Guest(), new Guest()];
    doorman.admit(first);
    await client();
    await first.until(1);
    first.dies();
    await new Promise(setImmediate);
    expect(first.given[0]?.destroyed).toBe(false);
    doorman.admit(second);
    await second.until(1);
    expect(second.given).toEqual(first.given);
  });

  test("passes one by that has not said that the last came", async () => {
    const { doorman, client } = await opened();
    const [busy, free] = [new Guest(), new Guest()];
    doorman.admit(busy);
    await client();
    await busy.until(1);
    doorman.admit(free);
    for (let count = 1; count <= 3; count++) {
      await client();
      await free.until(count);
      free.has();
    }
    expect(busy.given).toHaveLength(1);
  });

  test("leaves a connection alone once the host has it", async () => {
    const { doorman, client } = await opened();
    const host = new Guest();
    doorman.admit(host);
    await client();
    await host.until(1);
    expect(host.given[0]?.destroyed).toBe(false);
    host.has();
    await once(host.given[0] as Socket, "close");
  });

  test("sends away whoever comes when all have what they may have, until one leaves", async () => {
    const { doorman, client } = await opened(1);
    const host = new Guest();
    doorman.admit(host);
    await client();
    await host.until(1);
    host.has();
    const late = await client();
    await once(late, "close");
    doorman.left(host);
    await client();
    await host.until(2);
  });

  test("sends away at its end whoever waits", async () => {
    const { doorman, client } = await opened();
    const waiting = await client();
    const left = once(waiting, "close");
    doorman.end();
    await left;
  });
});
