/** The lines of logs/deploy.log. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { deploymentLine, type Deployment } from "../../src/core/deployment.ts";

const DEPLOYMENT: Deployment = {
  id: "20261123132616-9b21",
  deed: "rollback",
  model: "model/model.pkl",
  folder: "model/backup/",
  digest: "120d",
  from: "f1b3",
  reason: 'it drifts, says "ada"',
  who: "ada@host",
  atMs: Date.UTC(2026, 10, 23),
};

test("each field by its name, quoted where it has to be", () => {
  expect(deploymentLine(DEPLOYMENT)).toBe(
    'at=2026-11-23T00:00:00.000Z deed=rollback model=model/model.pkl digest=120d from=f1b3 by=ada@host reason="it drifts, says \\"ada\\"" id=20261123132616-9b21',
  );
});

test("what is not known is left out", () => {
  const { from: _, ...rest } = DEPLOYMENT;
  const line = deploymentLine({ ...rest, reason: "", who: "" });
  expect([line.includes("from="), line.includes("reason="), line.includes("by=")]).toEqual([false, false, false]);
});

test("whatever somebody gives as a reason, it is one line and one field", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (reason) => {
      const line = deploymentLine({ ...DEPLOYMENT, reason });
      expect(line).not.toContain("\n");
      const [, quoted = ""] = / reason=(.*) id=20261123132616-9b21$/.exec(line) ?? [];
      expect(quoted.startsWith('"') ? JSON.parse(quoted) : quoted).toBe(reason);
    }),
  );
});
