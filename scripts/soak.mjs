// What is too long for the tests: kills builds at random times until there were enough, and builds a table of ten million
// rows in bounded memory, and asks a service for two million predictions. Writes what came of it to bench/SOAK.md.
//
//   node scripts/soak.mjs [kills]     500 of them without a number
//   node scripts/soak.mjs --smoke     no kills, and a hundredth of the rows and requests; writes nothing
//   node scripts/soak.mjs --only serve   the service alone; prints what came of it

import { writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../bench/pipeline.mjs";
import { killsReport, soakByKills } from "./soak-kills.mjs";
import { scaleReport, soakByScale } from "./soak-scale.mjs";
import { servingReport, soakByServing } from "./soak-serve.mjs";

const ROWS = 10_000_000;
const REQUESTS = 2_000_000;

const { values, positionals } = parseArgs({
  options: { smoke: { type: "boolean", default: false }, only: { type: "string" } },
  allowPositionals: true,
});

if (values.smoke) {
  soakByScale(ROWS / 100);
  await soakByServing(REQUESTS / 100);
} else if (values.only === "serve") console.log(servingReport(await soakByServing(REQUESTS)));
else {
  const kills = await soakByKills(Number(positionals[0] ?? 500));
  const scale = soakByScale(ROWS);
  const serving = await soakByServing(REQUESTS);
  writeFileSync(join(root, "bench/SOAK.md"), report({ kills, scale, serving }));
}

function report({ kills, scale, serving }) {
  return `# What \`npm run soak\` found

Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}

${killsReport(kills)}
${scaleReport(scale)}
${servingReport(serving)}`;
}
