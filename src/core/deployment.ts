/** A version of a model went live, or was taken back, in its place or in service: what `logs/deploy.log` says. Pure. */

export interface Deployment {
  /** A name of its own, so that it is told once. */
  readonly id: string;
  /**
   * Of the files: `live` by a build, `promote` where a person let a candidate through, `rollback` where an earlier one
   * came back. Of a service: `serve` where it started with it, `swap` where it took another's place, `pass` and
   * `withdraw` at the end of its probation, `refuse` where it was not put in service.
   */
  readonly deed: "live" | "promote" | "rollback" | "serve" | "swap" | "pass" | "withdraw" | "refuse";
  readonly model: string;
  /** Of the versions; ends in `/`. */
  readonly folder: string;
  readonly digest: string;
  /** Of the version that stood there before, where one was kept. */
  readonly from?: string;
  /** Empty where none was given. */
  readonly reason: string;
  readonly who: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** A line of the log: names and values in the logfmt that log tools read. */
export function deploymentLine({ id, deed, model, digest, from, reason, who, atMs }: Deployment): string {
  const fields = { at: new Date(atMs).toISOString(), deed, model, digest, from, by: who, reason, id };
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value = ""]) => fieldText(name, value))
    .join(" ");
}

export const fieldText = (name: string, value: string): string =>
  `${name}=${/^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value)}`;
