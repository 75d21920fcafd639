// Reads a table with csv-parse as the rules do, and does nothing with it: prints the CPU seconds that this alone takes.

import { createReadStream } from "node:fs";
import { parse } from "csv-parse";

// As rules/table.ts has them; some of them cost time.
const parser = parse({
  bom: true,
  delimiter: ",",
  max_record_size: 2 ** 20,
  record_delimiter: ["\r\n", "\n", "\r"],
  relax_column_count: true,
  relax_quotes: true,
});
let records = 0;
parser.on("data", () => (records += 1));

const before = process.cpuUsage();
for await (const chunk of createReadStream(process.argv[2]))
  await new Promise((resolve, reject) => parser.write(chunk, (error) => (error ? reject(error) : resolve())));
await new Promise((resolve, reject) => parser.once("end", resolve).once("error", reject).end());
const { user, system } = process.cpuUsage(before);

console.log(JSON.stringify({ records, cpuSeconds: (user + system) / 1e6 }));
