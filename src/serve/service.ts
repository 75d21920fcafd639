/** The service: it starts with a model that was found good, takes new ones as they come, and ends without a broken answer. */

import { PipeError } from "../core/error.ts";
import { alreadyServed, notServed, portTaken } from "../core/error-service.ts";
import { shortDigest } from "../core/model-version.ts";
import type { ProbationPolicy } from "../core/served-model.ts";
import type { Notice } from "./alert.ts";
import { serviceOf, SOCKET } from "./announce.ts";
import { takeCommands } from "./control.ts";
import { Deployments } from "./deployments.ts";
import type { Monitor } from "../monitor/monitor.ts";
import type { Fleet, Watch } from "./fleet.ts";
import type { Kept } from "./kept.ts";
import type { Address } from "./port.ts";
import { readVerified, type ModelPlace } from "./read.ts";
import { isOfFiles, Refused, type Refusal } from "./refusal.ts";
import { watchModel } from "./sight.ts";
import { within } from "./within.ts";

export interface ServiceRequest {
  readonly root: string;
  readonly place: ModelPlace;
  readonly at: Address;
  readonly kept: Kept;
  readonly policy: ProbationPolicy;
  readonly host: (watch: Watch) => Promise<{ readonly fleet: Fleet; readonly monitor: Monitor }>;
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

/** How often a model on probation is judged where no request comes, and what was counted is collected. */
const BEAT_MS = 1_000;

/** Resolves once it takes requests. Throws a PipeError, exit code 4, where it cannot. */
export async function startService(request: ServiceRequest): Promise<Service> {
  const { root, place, at, kept, policy, alert, onOutcome } = request;
  const other = await serviceOf(root);
  if (other !== undefined) throw alreadyServed(other);
  let deployments: Deployments | undefined;
  const { fleet, monitor } = await request.host({
    onTried: () => deployments?.judge(),
    about: () => ({ digest: deployments?.live ?? "", isOnProbation: deployments?.isOnProbation ?? false }),
  });
  try {
    const start = await startModel(request, fleet);
    const url = await fleet.listen(at).catch((error: unknown) => {
      throw portTaken(error) ?? error;
    });
    const read = (): ReturnType<typeof readVerified> => readVerified(place);
    deployments = new Deployments({ fleet, kept, policy, read, alert, onOutcome }, start.digest, start.instead);
    kept.log({ deed: "serve", digest: start.digest, reason: start.instead?.message ?? "" });
    if (start.instead !== undefined) await putBackAtStart(request, start.digest, start.instead);
    return await running(request, { fleet, monitor, deployments, url });
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
  of: {
    readonly fleet: Fleet;
    readonly monitor: Monitor;
    readonly deployments: Deployments;
    readonly url: string;
  },
): Promise<Service> {
  const { fleet, monitor, deployments, url } = of;
  let isEnding = false;
  const failed = (error: Error): void => {
    // What was under way when it was told to end is no failure.
    if (!isEnding) alert({ level: "error", code: "service-failed", message: error.message });
  };
  const live = (): string => deployments.live;
  const state = (): { pid: number; url: string; live: string } => ({ pid: process.pid, url, live: live() });
  const commands = takeCommands(root, { state, deploy: (sinceMs) => deployments.deploy(sinceMs) });
  const leave = await commands.catch((error: unknown) => withoutCommands(error, alert));
  const shut = watchModel(place, () => void deployments.deploy().catch(failed));
  const beat = (): void => {
    deployments.judge();
    monitor.tick().catch(failed);
  };
  const timer = setInterval(beat, BEAT_MS);
  beat();
  // It may have changed between the first look and the watch.
  deployments.deploy().catch(failed);
  return {
    url,
    live,
    async stop(limitMs) {
      isEnding = true;
      clearInterval(timer);
      shut();
      // A model that is being put back may wait for a build: not longer than the requests.
      const settled = within(deployments.settled(), limitMs).catch(() => {});
      const [last] = await Promise.all([fleet.end(limitMs), leave()]);
      await monitor.end(last);
      await settled;
    },
  };
}

/** To predict takes no file that is written: where the project's folder is not to be written to, it is served all the same. */
function withoutCommands(error: unknown, alert: (notice: Notice) => void): () => Promise<void> {
  if (error instanceof PipeError) throw error;
  const message = `${SOCKET}: ${(error as Error).message}; builds cannot announce their models, which are found by watching their files alone`;
  alert({ level: "warning", code: "no-commands", message });
  return async () => {};
}
