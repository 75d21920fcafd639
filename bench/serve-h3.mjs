// What answers predictions with h3 as its documentation shows it.

import { createServer } from "node:http";
import { H3, toNodeHandler } from "h3";
import { answerFrom } from "./serve-dot.mjs";

const [modelPath, digest] = process.argv.slice(2);
const answerTo = answerFrom(modelPath, digest);
const headers = { "content-type": "application/json" };

const app = new H3().post("/predict", async ({ req }) => new Response(answerTo(await req.json()), { headers }));
const server = createServer(toNodeHandler(app));

server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
