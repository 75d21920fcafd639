/** Every reason why a service does not start: exit code 4, but for mistakes in the Pipefile. Pure. */

import { PipeError } from "./error.ts";

/** The exit code of a service that cannot start. */
const NOT_STARTED = 4;

export const nothingToServe = (): PipeError =>
  new PipeError({
    code: "nothing-to-serve",
    message: "the Pipefile does not say what to serve",
    hint: 'pipeline({ … }, { serve: { model: "model/model.pkl", checksum: "model/checksum.txt" } })',
  });

export const alreadyServed = (at: { pid: number; url: string }): PipeError =>
  new PipeError({
    code: "already-served",
    message: `the project is served already, by process ${at.pid} on ${at.url}`,
    hint: "end that one first; it takes a new model without being started again",
    exitCode: NOT_STARTED,
  });

/** `code` is that of the refusal; its message says which file is the matter. */
export const notServed = (at: { code: string; message: string }): PipeError =>
  new PipeError({
    code: at.code,
    message: `${at.message}; no healthy version that could be served instead is kept`,
    hint: "'pipe build' makes the model, 'pipe verify' tells what is not as it was built, 'pipe serve --build' builds first",
    exitCode: NOT_STARTED,
  });

/** Undefined where the error is another than that the address is not to be had. */
export function portTaken(error: unknown): PipeError | undefined {
  const { code, address, port } = error as { code?: string; address?: string; port?: number };
  const place = `${address}:${port}`;
  const problem = ADDRESS_PROBLEMS[code ?? ""];
  if (problem === undefined) return undefined;
  return new PipeError({
    code: "port-taken",
    message: `${place} ${problem}`,
    hint: "choose another: pipe serve --port 8081 (0 takes any that is free), or --host",
    exitCode: NOT_STARTED,
  });
}

const ADDRESS_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken by another process",
  EADDRNOTAVAIL: "is no address of this machine",
  EACCES: "may be taken by an administrator alone",
  ENOTFOUND: "is no name of an address",
};

/** The URL itself is not said: it may be a secret. */
export const badWebhook = (): PipeError =>
  new PipeError({
    code: "bad-webhook",
    message: "the webhook for alerts is no URL of http or https",
    hint: "give all of it, such as https://chat.example/hooks/…",
    exitCode: NOT_STARTED,
  });

export const badPredictor = (at: { problem: string }): PipeError =>
  new PipeError({
    code: "bad-predictor",
    message: `the module of serve.predictor ${at.problem}`,
    hint: "export default { load, schema, predict } satisfies ModelPredictor",
    exitCode: NOT_STARTED,
  });

export const badKpis = (at: { problem: string }): PipeError =>
  new PipeError({
    code: "bad-kpis",
    message: `the module of serve.monitor.kpis ${at.problem}`,
    hint: "export default ((window) => ({ orders: 12 })) satisfies KpiSource",
    exitCode: NOT_STARTED,
  });
