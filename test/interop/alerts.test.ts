/** docs/alerts.md: its code for Python tells a genuine request of the service from any other. */

import { expect, test } from "vitest";
import { Alerts } from "../../src/serve/alert.ts";
import { blocksOf } from "../docs/markdown.ts";
import { pageOf } from "../rig/page.ts";
import { temporaryFolder } from "../rig/project.ts";
import { receiver } from "../serve/receiver.ts";
import { python } from "./interpreter.ts";

const CHECKS = `
import json, sys
body, signature = json.load(sys.stdin)
body = body.encode()
print(json.dumps([
    is_genuine(body, signature, "s3cret"),
    is_genuine(body, signature, "another"),
    is_genuine(body + b" ", signature, "s3cret"),
    is_genuine(body, "", "s3cret"),
    is_genuine(body, signature, "s3cret", -1),
]))
`;

test("a signature is checked in Python as the page shows", async () => {
  const server = await receiver();
  const request = { root: temporaryFolder(), owner: "Ada", model: "größer", webhook: server.url, err: () => {} };
  const alerts = new Alerts({ ...request, secret: "s3cret" });
  alerts.raise({ level: "info", code: "a", message: "b" });
  await alerts.close(30_000);
  const [posted] = server.posted;
  const [block = ""] = blocksOf(pageOf("docs/alerts.md"), "python");
  const input = JSON.stringify([posted?.body, posted?.headers["x-pipe-signature"]]);
  expect(JSON.parse(python(["-c", block + CHECKS], { input }))).toEqual([true, false, false, false, false]);
});
