/** A terminal that keeps what was written, to call the command line in this very process. */

import { main } from "../../src/cli/main.ts";

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function pipe(args: readonly string[], cwd = "/"): Promise<Answer> {
  let [out, err] = ["", ""];
  const code = await main(args, {
    out: { write: (text) => (out += text), columns: 100 },
    err: { write: (text) => (err += text) },
    env: process.env,
    cwd,
    sleep: async () => {},
    interruption: () => ({ signal: new AbortController().signal, begin: () => {} }),
  });
  return { code, out, err };
}
