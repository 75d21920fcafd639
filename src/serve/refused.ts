/** What becomes of an error that a request ran into; a bug is thrown on. */

import type { IncomingMessage } from "node:http";
import { emptyAnswer, problemAnswer, withHeader, type Answer, type Protocol } from "./answer.ts";
import { ClientGone, Problem } from "./problem.ts";

export function refused(error: unknown, protocol: Protocol, request: IncomingMessage): Answer {
  // It reaches nobody; the server has to be given something.
  if (error instanceof ClientGone) return emptyAnswer(400, []);
  if (!(error instanceof Problem)) throw error;
  const said = problemAnswer(error, protocol);
  // What of a body was not read would have to be, before the connection could take another request.
  return error.status === 413 && !request.complete ? withHeader(said, "connection", "close") : said;
}
