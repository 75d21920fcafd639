/** Questions and answers between two processes, over what Node gives a parent and its child. */

/** As much of a process, or of a cluster's worker, as it takes. */
export interface Peer {
  send(message: object): unknown;
  on(event: "message", listener: (message: unknown) => void): unknown;
}

interface Message {
  readonly id: number;
  readonly ask?: string;
  readonly value?: unknown;
  readonly error?: string;
}

export class Channel {
  readonly #peer: Peer;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #count = 0;

  constructor(peer: Peer, answers: Readonly<Record<string, (question: never) => Promise<unknown>>>) {
    this.#peer = peer;
    peer.on("message", (message) => this.#take(message as Message, answers));
  }

  ask<T>(name: string, value?: unknown): Promise<T> {
    const id = ++this.#count;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#peer.send({ id, ask: name, value });
    });
  }

  /** Whoever waits for an answer gets none any more. */
  end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error("the process has ended"));
    this.#waiting.clear();
  }

  #take(message: Message, answers: Readonly<Record<string, (question: never) => Promise<unknown>>>): void {
    const { id, ask, value, error } = message;
    if (ask === undefined) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(Object.assign(new Error(error), { code: value }));
      return;
    }
    const answer = answers[ask];
    if (answer === undefined) throw new Error(`nobody answers '${ask}'`);
    answer(value as never).then(
      (found) => this.#peer.send({ id, value: found }),
      (problem: NodeJS.ErrnoException) => this.#peer.send({ id, error: problem.message, value: problem.code }),
    );
  }
}
