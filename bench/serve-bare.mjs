// What answers predictions with node:http and nothing else: the mark that pipe is held to.

import { createServer } from "node:http";
import { answerFrom } from "./serve-dot.mjs";

const [modelPath, digest] = process.argv.slice(2);
const answerTo = answerFrom(modelPath, digest);

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const text = answerTo(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
  });
});

server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
