/** Whether a request may be answered: it carries the token that the service asks for. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

/** Throws what a request without the token is told; of what it sent nothing is repeated. */
export type Admission = (request: IncomingMessage) => void;

export function admissionFor(token: string | undefined): Admission {
  if (token === undefined) return () => undefined;
  // Digests are of one length, so that the time of the comparison tells nothing of the token's.
  const expected = digestOf(token);
  return ({ headers }) => {
    const sent = /^bearer +(.*)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    if (!timingSafeEqual(digestOf(sent), expected))
      throw new Problem(401, "send the token of this service as authorization: Bearer …", {
        headers: { "www-authenticate": "Bearer" },
      });
  };
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();
