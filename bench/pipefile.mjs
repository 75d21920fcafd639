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

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = remainder < 0 ? (remainder << 1) ^ 0x04c11db7 : remainder << 1;
  return remainder;
});

const step = (sum, byte) => ((sum << 8) ^ table[((sum >>> 24) ^ byte) & 255]) >>> 0;

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
