/** What a service made of a model, in words. Pure. */

import type { Deployment } from "../core/deployment.ts";
import type { ModelDeployed } from "../core/event.ts";
import { shortDigest } from "../core/model-version.ts";

/** What follows the word 'live' or 'refused'. */
export function deployedText({ outcome, digest = "", reason, live, files }: ModelDeployed): string {
  if (outcome === "live") return `${shortDigest(live)} is in service`;
  const back = files === "put back" ? ", and its files are put back" : "";
  const which = digest === "" ? "" : `${shortDigest(digest)} by the service: `;
  return `${which}${reason}; ${shortDigest(live)} stays in service${back}`;
}

/** What the service itself says when it has done something; undefined where an alert says it. */
export function deedText({ deed, digest, from = "" }: Done): string | undefined {
  if (deed === "swap") return `live      ${shortDigest(digest)} took the place of ${shortDigest(from)}`;
  return deed === "pass" ? `passed    ${shortDigest(digest)} passed its probation` : undefined;
}

interface Done {
  readonly deed: Deployment["deed"];
  readonly digest: string;
  readonly from?: string | undefined;
}
