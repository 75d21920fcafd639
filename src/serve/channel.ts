/** Questions and answers between two processes, over what Node gives a parent and its child. */

import type { Socket } from "node:net";

/** As much of a process, or of a cluster's worker, as it takes. */
export interface Peer {
  send(message: object, socket: Socket | undefined, how: typeof KEPT, done: (error: Error | null) => void): unknown;
  on(event: "message", listener: (message: unknown, socket: unknown) => void): unknown;
}

/** A socket goes to the other process, and stays open in this one: until it is known to have come. */
const KEPT = { keepOpen: true };

/** What is asked, and the socket that came with it. */
type Answers = Readonly<Record<string, (question: never, socket: never) => Promise<unknown>>>;

interface Message {
  /** Of a question and its answer; a question without it gets none. */
  readonly id?: number;
  readonly ask?: string;
  readonly value?: unknown;
  readonly error?: string;
}

/** Whoever was asked is no more. */
export class Gone extends Error {
  override readonly name = "Gone";

  constructor() {
    super("the process has ended");
  }
}

export class Channel {
  readonly #peer: Peer;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #count = 0;
  #isEnded = false;

  constructor(peer: Peer, answers: Answers) {
    this.#peer = peer;
    peer.on("message", (message, socket) => this.#take(message as Message, socket, answers));
  }

  ask<T>(name: string, value?: unknown, socket?: Socket): Promise<T> {
    const id = ++this.#count;
    return new Promise<T>((resolve, reject) => {
      if (this.#isEnded) return reject(new Gone());
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#send({ id, ask: name, value }, socket);
    });
  }

  /** Asks, and does not wait for an answer. */
  tell(name: string, value?: unknown): void {
    this.#send({ ask: name, value });
  }

  /** Whoever waits for an answer gets none any more. */
  end(): void {
    this.#isEnded = true;
    for (const { reject } of this.#waiting.values()) reject(new Gone());
    this.#waiting.clear();
  }

  // Between a process's last word and the news of its end nothing gets through, and nobody has to be told.
  #send(message: Message, socket?: Socket): void {
    this.#peer.send(message, socket, KEPT, () => {});
  }

  #take({ id, ask, value, error }: Message, socket: unknown, answers: Answers): void {
    if (ask === undefined) {
      const waiting = this.#waiting.get(id ?? 0);
      this.#waiting.delete(id ?? 0);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(Object.assign(new Error(error), value));
      return;
    }
    const answer = answers[ask];
    if (answer === undefined) throw new Error(`nobody answers '${ask}'`);
    const answered = answer(value as never, socket as never);
    if (id === undefined) return void answered;
    answered.then(
      (found) => this.#send({ id, value: found }),
      ({ message: said, ...known }: Error) => this.#send({ id, error: said, value: known }),
    );
  }
}
