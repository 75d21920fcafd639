/**
 * Which model is in service, and which takes its place: one after the other, so that no two are ever tried at once.
 *
 *     idle ── the files changed ──► reading ──► trying ──► swapped, on probation ──► passed
 *       ▲                             │            │                 │
 *       └──────── refused, and the files put back ─┘                 └──► lost: the one before is back, in service and files
 */

import { shortDigest } from "../core/model-version.ts";
import type { ProbationPolicy } from "../core/served-model.ts";
import type { Notice } from "./alert.ts";
import type { Fleet } from "./fleet.ts";
import type { Kept } from "./kept.ts";
import { probationOf } from "./probation.ts";
import type { ModelBytes } from "./read.ts";
import { isOfFiles, Refused, type Refusal } from "./refusal.ts";

/** What came of the model that stands in its place now. */
export interface Verdict {
  readonly outcome: "unchanged" | "live" | "refused";
  readonly digest: string | undefined;
  /** Why it was refused; empty where it was not. */
  readonly reason: string;
  /** The model in service. */
  readonly live: string;
  /** What came of the files of one that was refused. */
  readonly files?: "put back" | "left";
}

export interface DeploymentsRequest {
  readonly fleet: Fleet;
  readonly kept: Kept;
  readonly policy: ProbationPolicy;
  /** The model that stands in its place; throws {@link Refused}. */
  readonly read: () => Promise<ModelBytes>;
  readonly alert: (notice: Notice) => void;
  /** Counts what came of a deployment. */
  readonly onOutcome: (outcome: "live" | "refused" | "rolled-back") => void;
}

interface Current {
  readonly digest: string;
  readonly sinceMs: number;
  /** The model that comes back if this one loses its probation; undefined where it is not on probation. */
  readonly before: string | undefined;
}

export class Deployments {
  readonly #request: DeploymentsRequest;
  #current: Current;
  /** What is under way; each deed waits for those before it. */
  #last: Promise<unknown> = Promise.resolve();
  #isJudging = false;
  /** What passed its probation while a build had the project. */
  #unmarked: string | undefined;
  #decided: { readonly verdict: Verdict; readonly atMs: number } | undefined;
  /** What was refused last, and stands in its place still: it is told once. */
  #left: { readonly name: string; readonly verdict: Verdict } | undefined;

  /** `digest` is what the fleet has in service already; `instead` why it is another than stands in its place. */
  constructor(request: DeploymentsRequest, digest: string, instead?: Refusal) {
    this.#request = request;
    this.#current = { digest, sinceMs: Date.now(), before: undefined };
    if (instead !== undefined) this.#left = { name: nameOf(instead), verdict: this.#refusedVerdict(instead, "left") };
  }

  get live(): string {
    return this.#current.digest;
  }

  get isOnProbation(): boolean {
    return this.#current.before !== undefined;
  }

  /**
   * Has a look at the files, and puts in service what is new and good. Where that was done since a time already, as by
   * another look, that verdict is the answer.
   */
  deploy(sinceMs = Infinity): Promise<Verdict> {
    return this.#inTurn(async () => {
      const verdict = await this.#judgedBefore(await this.#read());
      if (verdict.outcome !== "unchanged") this.#decided = { verdict, atMs: Date.now() };
      const { verdict: last = verdict, atMs = 0 } = this.#decided ?? {};
      return atMs >= sinceMs ? last : verdict;
    });
  }

  /** Called after a request to a model on probation, and as time goes by. */
  judge(): void {
    if (this.#isJudging || (!this.isOnProbation && this.#unmarked === undefined)) return;
    this.#isJudging = true;
    const { alert } = this.#request;
    this.#inTurn(() => this.#judged())
      .catch((error: Error) => alert({ level: "error", code: "service-failed", message: error.message }))
      .finally(() => {
        this.#isJudging = false;
      });
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #read(): Promise<ModelBytes | Refusal> {
    try {
      return await this.#request.read();
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  #inTurn<T>(deed: () => Promise<T>): Promise<T> {
    const done = this.#last.then(deed);
    this.#last = done.catch(() => {});
    return done;
  }

  #unchanged(): Verdict {
    return { outcome: "unchanged", digest: this.live, reason: "", live: this.live };
  }

  /** Two files change one after the other, and each change asks: what was refused is not refused again. */
  async #judgedBefore(found: ModelBytes | Refusal): Promise<Verdict> {
    const isPardoned = "bytes" in found && this.#request.kept.rejectionOf(found.digest) === undefined;
    const name = nameOf(found);
    if (this.#left?.name === name && !isPardoned) return this.#left.verdict;
    const verdict = await this.#deployed(found);
    this.#left = verdict.outcome === "refused" ? { name, verdict } : undefined;
    return verdict;
  }

  async #deployed(found: ModelBytes | Refusal): Promise<Verdict> {
    if (!("bytes" in found)) return this.#refused(found);
    if (found.digest === this.live) return this.#unchanged();
    const { fleet, kept, onOutcome } = this.#request;
    const { digest } = found;
    const rejection = kept.rejectionOf(digest);
    if (rejection !== undefined) return this.#refused({ code: "model-rejected", message: rejection, digest });
    const { digest: from, before = from } = this.#current;
    const sinceMs = Date.now();
    if (digest === before) {
      // A person was quicker than the probation.
      await fleet.back();
      this.#current = { digest, sinceMs, before: undefined };
    } else {
      const refusal = await fleet.prepare(found);
      if (refusal !== undefined) return this.#refused(refusal);
      await fleet.swap(sinceMs);
      this.#current = { digest, sinceMs, before };
    }
    kept.log({ deed: "swap", digest, from, reason: "" });
    onOutcome("live");
    return { outcome: "live", digest, reason: "", live: digest };
  }

  async #refused(refusal: Refusal): Promise<Verdict> {
    const { code, message, digest } = refusal;
    const { kept, alert, onOutcome } = this.#request;
    onOutcome("refused");
    if (digest !== undefined) kept.log({ deed: "refuse", digest, from: this.live, reason: message });
    // What is only half there may come right.
    if (digest !== undefined && !isOfFiles(refusal)) kept.reject(digest, message);
    const problem = await this.#putBack(digest, message);
    const files = problem === undefined ? "the files are put back" : `the files stay as they are: ${problem}`;
    alert({
      level: "error",
      code,
      message: `${message}; ${shortDigest(this.live)} stays in service, and ${files}`,
      ...(digest !== undefined && { digest }),
    });
    return this.#refusedVerdict(refusal, problem === undefined ? "put back" : "left");
  }

  #refusedVerdict({ message: reason, digest }: Refusal, files: "put back" | "left"): Verdict {
    return { outcome: "refused", digest, reason, live: this.live, files };
  }

  /** The files of what is in service take the place of a model that is rejected; or why they do not. */
  async #putBack(digest: string | undefined, reason: string): Promise<string | undefined> {
    if (digest === undefined) return "there is no model";
    return this.#request.kept.putBack({ to: this.live, from: digest, reason });
  }

  async #judged(): Promise<void> {
    this.#mark();
    const { fleet, policy } = this.#request;
    const trial = await fleet.trial();
    if (trial === undefined) return;
    const { sinceMs } = this.#current;
    const probation = probationOf({ ...trial, elapsedMs: Date.now() - sinceMs }, policy);
    if (probation === "open") return;
    await (probation === "passed" ? this.#passed() : this.#lost(probation.lost));
  }

  async #passed(): Promise<void> {
    const { fleet, kept } = this.#request;
    const { digest, sinceMs } = this.#current;
    await fleet.settle();
    this.#current = { digest, sinceMs, before: undefined };
    kept.log({ deed: "pass", digest, reason: "" });
    this.#unmarked = digest;
    this.#mark();
  }

  /** No wait for a build that goes on: the next look does it. */
  #mark(): void {
    const digest = this.#unmarked;
    if (digest === undefined) return;
    // Where it throws, it would throw each time.
    this.#unmarked = undefined;
    if (!this.#request.kept.markHealthy(digest, "passed its probation")) this.#unmarked = digest;
  }

  async #lost(problem: string): Promise<void> {
    const { fleet, kept, alert, onOutcome } = this.#request;
    const { digest: bad, before = bad } = this.#current;
    const reason = `on probation, ${problem}`;
    await fleet.back();
    this.#current = { digest: before, sinceMs: Date.now(), before: undefined };
    kept.log({ deed: "withdraw", digest: bad, from: before, reason });
    onOutcome("rolled-back");
    kept.reject(bad, reason);
    const left = await this.#putBack(bad, reason);
    const files =
      left === undefined ? "in service and in its place" : `in service; the files stay as they are: ${left}`;
    alert({
      level: "error",
      code: "probation",
      message: `${shortDigest(bad)} was taken back: ${reason}; ${shortDigest(before)} is ${files}`,
      digest: bad,
    });
  }
}

/** Tells one thing that may stand in the model's place from another. */
const nameOf = (found: ModelBytes | Refusal): string =>
  "bytes" in found || !isOfFiles(found) ? (found.digest ?? "") : `${found.digest ?? ""} ${found.code}`;
