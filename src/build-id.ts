/** Names a build by its start, with a little chance against two in the same second. */

import { randomBytes } from "node:crypto";

/** Such as `20261123011002-51d2`: the time in UTC, then four random digits. */
export function newBuildId(startedMs: number): string {
  return `${new Date(startedMs).toISOString().replace(/\D/g, "").slice(0, 14)}-${randomBytes(2).toString("hex")}`;
}
