// The Pipefiles of the benchmark, as a user would write them: rules in a loop.

import { shapes } from "./graph.mjs";

export const shellPipefile = (graph) =>
  pipefileOf(
    graph,
    `'cksum ${inputNames(graph)
      .map((name) => `"$${name}"`)
      .join(" ")} > "$sum"'`,
  );

export const modulePipefile = (graph) => pipefileOf(graph, `() => import("./rules/cksum.ts")`);

const inputNames = (graph) => ["first", "second"].slice(0, graph.steps[0].inputs.length);

function pipefileOf(graph, run) {
  const { inputsOf, width } = shapes[graph.shape];
  const names = inputNames(graph).join(", ");
  return `import { pipeline, rule } from "pipefile";

const inputsOf = ${inputsOf.toString()};
const rules = {};
for (let index = 0; index < ${graph.size}; index++) {
  const [${names}] = inputsOf(index, ${width});
  rules["step" + index] = rule({
    inputs: { ${names} },
    outputs: { sum: \`sum/\${index}.txt\` },
    run: ${run},
  });
}
export default pipeline(rules);
`;
}

/** What the `cksum` command does, byte for byte, so that all contenders make the same files. */
export const moduleAction = `import { readFileSync, writeFileSync } from "node:fs";

// A step evaluates its module afresh, so the table is short and written out: half a byte at a time.
const table = [
  0x00000000, 0x04c11db7, 0x09823b6e, 0x0d4326d9, 0x130476dc, 0x17c56b6b, 0x1a864db2, 0x1e475005,
  0x2608edb8, 0x22c9f00f, 0x2f8ad6d6, 0x2b4bcb61, 0x350c9b64, 0x31cd86d3, 0x3c8ea00a, 0x384fbdbd,
];

const half = (sum, bits) => (sum << 4) ^ table[((sum >>> 28) ^ bits) & 15];
const step = (sum, byte) => half(half(sum, byte >>> 4), byte);

function cksum(bytes) {
  let sum = 0;
  for (const byte of bytes) sum = step(sum, byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) sum = step(sum, length & 255);
  return ~sum >>> 0;
}

export default function action({ inputs, outputs }) {
  const lines = Object.values(inputs).map((path) => {
    const bytes = readFileSync(path);
    return \`\${cksum(bytes)} \${bytes.length} \${path}\\n\`;
  });
  writeFileSync(outputs.sum, lines.join(""));
}
`;
