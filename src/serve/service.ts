/** The service: it starts with a model that was found good, takes new ones as they come, and ends without a broken answer. */

import { alreadyServed, notServed, portTaken } from "../core/error-service.ts";
import { shortDigest } from "../core/model-version.ts";
import type { ProbationPolicy } from "../core/served-model.ts";
import type { Notice } from "./alert.ts";
import { serviceOf } from "./announce.ts";
import { takeCommands } from "./control.ts";
import { Deployments } from "./deployments.ts";
import type { Fleet, Watch } from "./fleet.ts";
import type { Kept } from "./kept.ts";
import { readVerified, type ModelPlace } from "./read.ts";
import { isOfFiles, Refused, type Refusal } from "./refusal.ts";
import { watchModel } from "./sight.ts";

export interface ServiceRequest {
  readonly root: string;
  readonly place: ModelPlace;
  readonly kept: Kept;
  readonly policy: ProbationPolicy;
  readonly fleet: (watch: Watch) => Promise<Fleet>;
  readonly alert: (notice: Notice) => void;
  readonly onOutcome: (outcome: "live" | "refused" | "rolled-back") => void;
}

export interface Service {
  readonly url: string;
  /** SHA-256 of the model in service. */
  live(): string;
  /** Answers what is in flight, within the limit, and takes nothing more. */
  stop(limitMs: number): Promise<void>;
}

/** How often a model on probation is judged where no request comes. */
const JUDGING_MS = 1_000;

/** Resolves once it takes requests. Throws a PipeError, exit code 4, where it cannot. */
export async function startService(request: ServiceRequest): Promise<Service> {
  const { root, place, kept, policy, alert, onOutcome } = request;
  const other = await serviceOf(root);
  if (other !== undefined) throw alreadyServed(other);
  let deployments: Deployments | undefined;
  const fleet = await request.fleet({
    onTried: () => deployments?.judge(),
    about: () => ({ digest: deployments?.live ?? "", isOnProbation: deployments?.isOnProbation ?? false }),
  });
  try {
    const start = await startModel(request, fleet);
    const url = await fleet.listen().catch((error: unknown) => {
      throw portTaken(error) ?? error;
    });
    const read = (): ReturnType<typeof readVerified> => readVerified(place);
    deployments = new Deployments({ fleet, kept, policy, read, alert, onOutcome }, start.digest, start.instead);
    kept.log("serve", { digest: start.digest, reason: start.instead?.message ?? "" });
    if (start.instead !== undefined) await putBackAtStart(request, start.digest, start.instead);
    return await running(request, { fleet, deployments, url });
  } catch (error) {
    await fleet.end(0);
    throw error;
  }
}

interface Start {
  readonly digest: string;
  /** Why it is not the model that stands in its place. */
  readonly instead: Refusal | undefined;
}

/** Puts the model in service that stands in its place, or else the last healthy one that passes the same checks. */
async function startModel(request: ServiceRequest, fleet: Fleet): Promise<Start> {
  const { place, kept } = request;
  const found = await tried(place, kept, fleet);
  if (typeof found === "string") return { digest: found, instead: undefined };
  for (const version of kept.healthy()) {
    if (version.digest === found.digest) continue;
    const other = await tried(version, kept, fleet);
    if (typeof other === "string") return { digest: other, instead: found };
  }
  throw notServed(found);
}

/** The digest of what is in service now, or why it is not. */
async function tried(place: ModelPlace, kept: Kept, fleet: Fleet): Promise<string | Refusal> {
  try {
    const model = await readVerified(place);
    const { digest } = model;
    const rejection = kept.rejectionOf(digest);
    if (rejection !== undefined) return { code: "model-rejected", message: `${place.model}: ${rejection}`, digest };
    const refusal = await fleet.prepare(model);
    if (refusal !== undefined) return { ...refusal, message: `${place.model}: ${refusal.message}` };
    await fleet.swap(Date.now());
    return digest;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

async function putBackAtStart({ kept, alert }: ServiceRequest, to: string, instead: Refusal): Promise<void> {
  const { code, message, digest } = instead;
  if (digest !== undefined && !isOfFiles(instead)) kept.reject(digest, message);
  const problem =
    digest === undefined ? "there is no model" : await kept.putBack({ to, from: digest, reason: message });
  const files = problem === undefined ? "and is put back in its place" : `but not put back in its place: ${problem}`;
  alert({
    level: "error",
    code,
    message: `${message}; ${shortDigest(to)}, the last healthy one, is served instead, ${files}`,
    ...(digest !== undefined && { digest }),
  });
}

async function running(
  { root, place, alert }: ServiceRequest,
  of: { readonly fleet: Fleet; readonly deployments: Deployments; readonly url: string },
): Promise<Service> {
  const { fleet, deployments, url } = of;
  const failed = (error: Error): void => alert({ level: "error", code: "service-failed", message: error.message });
  const live = (): string => deployments.live;
  const state = (): { pid: number; url: string; live: string } => ({ pid: process.pid, url, live: live() });
  const leave = await takeCommands(root, { state, deploy: (sinceMs) => deployments.deploy(sinceMs) });
  const shut = watchModel(place, () => void deployments.deploy().catch(failed));
  const timer = setInterval(() => deployments.judge(), JUDGING_MS);
  // It may have changed between the first look and the watch.
  deployments.deploy().catch(failed);
  return {
    url,
    live,
    async stop(limitMs) {
      clearInterval(timer);
      shut();
      await Promise.all([leave(), fleet.end(limitMs)]);
      await deployments.settled();
    },
  };
}
