/** Sketches as the text of a Pipefile and its modules, which do with bytes what the model does. Pure. */

import { POOLS, type Input, type Sketch } from "./sketch.ts";

/** What a sketch runs, without what does not count: its command, or the text of its module. */
export const actionText = (sketch: Sketch): string =>
  sketch.isModule ? moduleOf({ ...sketch, remark: 0 }) : commandOf(sketch);

/** Every file of the project that defines it, by path. */
export function definitionOf(sketches: readonly Sketch[]): ReadonlyMap<string, string> {
  const modules = sketches.filter((sketch) => sketch.isModule);
  const files = new Map(modules.map((sketch) => [`rules/${sketch.name}.ts`, moduleOf(sketch)]));
  if (modules.length > 0) files.set("rules/shared.ts", sharedOf(modules.reduce((sum, { remark }) => sum + remark, 0)));
  return files.set("Pipefile.ts", pipefileOf(sketches));
}

function pipefileOf(sketches: readonly Sketch[]): string {
  const rules = sketches.map(
    (sketch) =>
      `${sketch.remark > 0 ? `// remark ${sketch.remark}\n` : ""}const ${sketch.name} = rule(${declarationOf(sketch)});`,
  );
  const fills = sketches.flatMap(({ name, fills }) => (fills ?? []).map((x) => `${name}.for({ x: "${x}" });`));
  const names = sketches.map((sketch) => sketch.name).join(", ");
  const built = sketches.filter(({ fills }) => fills?.length !== 0).map((sketch) => sketch.name);
  return [
    'import { glob, pipeline, rule } from "pipefile";',
    ...rules,
    ...fills,
    `export default pipeline({ ${names} }, ${JSON.stringify({ default: built, pools: POOLS })});`,
    "",
  ].join("\n");
}

function declarationOf(sketch: Sketch): string {
  const inputs = Object.entries(sketch.inputs).map(([slot, input]) => `${slot}: ${inputText(input)}`);
  const run = sketch.isModule ? `() => import("./rules/${sketch.name}.ts")` : JSON.stringify(commandOf(sketch));
  return `{
  inputs: { ${inputs.join(", ")} },
  outputs: ${JSON.stringify(sketch.outputs)},
  params: { param: ${sketch.param} },
  description: "remark ${sketch.remark}",
  cache: ${sketch.isCached},
  resources: { cpu: ${sketch.cpu}${sketch.network > 0 ? `, pools: { network: ${sketch.network} }` : ""} },
  run: ${run},
}`;
}

function inputText(input: Input): string {
  if (!isGlob(input)) return JSON.stringify(input);
  const { glob, folder } = input;
  return `glob("${glob}")${folder === undefined ? "" : `.map((path) => path.replace(/^[^/]+/, "${folder}"))`}`;
}

const isGlob = (input: Input): input is Exclude<Input, string | readonly string[]> =>
  typeof input === "object" && "glob" in input;

function commandOf({ op, mark, inputs, outputs }: Sketch): string {
  const cats = Object.entries(inputs).map(([slot, input]) => catOf(slot, input));
  const filter = { join: "", upper: " | tr a-z A-Z", first: " | head -c 9", constant: "" }[op];
  const out = outputs["out"]?.endsWith("/") ? "$out/one.txt" : "$out";
  const lines = [
    `{ ${[`echo "${mark} $param"`, ...(op === "constant" ? [] : cats)].join("; ")}; }${filter} > "${out}"`,
  ];
  if (outputs["out"]?.endsWith("/"))
    lines.unshift('mkdir -p "$out/in"', `echo "${mark}" > "$out/in/two.txt"`, ': > "$out/p$param.txt"');
  if (outputs["extra"] !== undefined) lines.push(`echo "extra ${mark}" > "$extra"`);
  return lines.join("\n");
}

function catOf(slot: string, input: Input): string {
  if (typeof input !== "string") return `[ -z "$${slot}" ] || cat $${slot}`;
  if (!input.endsWith("/")) return `cat "$${slot}"`;
  return input === "data/" ? `cat "$${slot}"/*.txt` : `cat "$${slot}"/in/*.txt "$${slot}"/*.txt`;
}

function moduleOf({ op, mark, outputs, remark }: Sketch): string {
  const body = {
    join: "head + textOf(inputs)",
    upper: "(head + textOf(inputs)).toUpperCase()",
    first: "(head + textOf(inputs)).slice(0, 9)",
    constant: "head",
  }[op];
  const isFolder = outputs["out"]?.endsWith("/") === true;
  return `import { mkdirSync, writeFileSync } from "node:fs";
import { textOf } from "./shared.ts";
// remark ${remark}
export const unused = () => ${remark};
export default async ({ inputs, outputs, params }: any) => {
  const head = "${mark} " + params.param + "\\n";
  ${
    isFolder
      ? `mkdirSync(outputs.out + "/in", { recursive: true });
  writeFileSync(outputs.out + "/in/two.txt", "${mark}\\n");
  writeFileSync(outputs.out + "/p" + params.param + ".txt", "");`
      : ""
  }
  writeFileSync(outputs.out${isFolder ? ' + "/one.txt"' : ""}, ${body});
  ${outputs["extra"] === undefined ? "" : `writeFileSync(outputs.extra, "extra ${mark}\\n");`}
};
`;
}

const sharedOf = (remark: number): string => `import { readdirSync, readFileSync, statSync } from "node:fs";
export const nobodyCallsThis = () => ${remark};
const filesAt = (path: string): string[] =>
  statSync(path).isDirectory() ? readdirSync(path).sort().flatMap((name) => filesAt(path.replace(/\\/?$/, "/") + name)) : [path];
export const textOf = (inputs: any): string =>
  Object.keys(inputs).sort().flatMap((slot) => [inputs[slot]].flat().flatMap(filesAt)).map((file) => readFileSync(file, "utf8")).join("");
`;
