// What a first look at a large source costs, beside the program that people know for it.

import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { pipeEntry } from "./contenders.mjs";
import { measure } from "./measure.mjs";

const MIB = 2 ** 20;

const pipefile = `import { pipeline, rule } from "pipefile";

export default pipeline({ keep: rule({ inputs: { large: "large.bin" }, outputs: { copy: "copy.bin" }, run: 'cp "$large" "$copy"' }) });
`;

/** `status` looks at what the step reads and runs nothing; with no state to add to, each is the first look. */
const contenders = [
  { name: "sha256sum", command: ["sha256sum", "large.bin"] },
  { name: "pipe status", command: [process.execPath, pipeEntry, "status"] },
];

/** A row a contender, for one file that stands in the page cache; they take turns. */
export async function runHash({ parent, runs, log, mebibytes = 1024 }) {
  const directory = join(parent, "hash");
  mkdirSync(directory);
  writeFileSync(join(directory, "Pipefile.ts"), pipefile);
  await writeLarge(join(directory, "large.bin"), mebibytes);
  const rows = contenders.map(({ name }) => rowOf(name, mebibytes));
  for (let run = -1; run < runs; run++) {
    log(`hash ${mebibytes} MiB: ${run < 0 ? "warm up" : `run ${run + 1}`}`);
    for (const [index, { command }] of contenders.entries()) {
      const { output: _, ...sample } = measure({ command, directory });
      if (run >= 0) rows[index].samples.push(sample);
    }
  }
  return rows;
}

const rowOf = (contender, mebibytes) => ({
  shape: "file of MiB",
  size: mebibytes,
  phase: "first look at a file",
  contender,
  samples: [],
});

async function writeLarge(file, mebibytes) {
  const stream = createWriteStream(file);
  for (let left = mebibytes; left > 0; left--) if (!stream.write(randomBytes(MIB))) await once(stream, "drain");
  stream.end();
  await once(stream, "close");
}
