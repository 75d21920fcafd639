/** What a service made of a model, in words. Pure. */

import type { ModelDeployed } from "../core/event.ts";
import { shortDigest } from "../core/model-version.ts";

/** What follows the word 'live' or 'refused'. */
export function deployedText({ outcome, digest = "", reason, live, files }: ModelDeployed): string {
  if (outcome === "live") return `${shortDigest(live)} is in service`;
  const back = files === "put back" ? ", and its files are put back" : "";
  const which = digest === "" ? "" : `${shortDigest(digest)} by the service: `;
  return `${which}${reason}; ${shortDigest(live)} stays in service${back}`;
}
