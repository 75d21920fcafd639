/**
 * Random pipelines whose steps find their inputs while they run, fail, have a fallback, or make temporary outputs; as
 * plain data, as the text of a Pipefile, and what each step makes. Pure; shares no code with the engine.
 */

import { array, boolean, constantFrom, nat, record } from "fast-check";

export interface Finder {
  /** `t0`, `t1`, and on; each may read what those before it make. */
  readonly name: string;
  /** By depend() one after another, by all of them at once, or by a depfile. */
  readonly by: "depend" | "at-once" | "depfile";
  /** All that it reads, or the beginning, which gives early cutoff its chance. */
  readonly isWhole: boolean;
  /** It looks only at the end whether it shall fail. */
  readonly failsLate: boolean;
  readonly policy: "none" | "fallback" | "temp" | "always";
  readonly isCached: boolean;
  /** Odd; that of a fallback is even. */
  readonly param: number;
  readonly fallback: number;
  readonly mark: string;
  /** A declared input. */
  readonly base: string;
  /** What it reads beside: the text of its list, which is a declared input too. */
  readonly list: readonly string[];
  /** Comes first, though nothing of it is read. */
  readonly after: string | undefined;
}

export const LASTING = ["src/a.txt", "src/b.txt"];
export const OPTIONAL = ["src/o.txt", "src/p.txt"];
/** The folder of all of these. */
export const FOLDER = "src/";
/** Made by the wildcard rule, if somebody asks. */
export const ON_DEMAND = ["wild/a.txt", "wild/b.txt"];

const draw = record({
  by: constantFrom("depend", "depend", "at-once", "depfile"),
  isWhole: nat(3).map((number) => number > 0),
  failsLate: boolean(),
  policy: constantFrom("none", "none", "fallback", "temp", "always"),
  isCached: nat(3).map((number) => number > 0),
  base: nat(100),
  list: array(nat(100), { maxLength: 4 }),
  after: nat(9),
});

export const finders = array(draw, { minLength: 2, maxLength: 5 }).map((draws) =>
  draws.map(({ base, list, after, ...drawn }, at): Finder => {
    const made = outputsBefore(at);
    const bases = [...LASTING, ...made];
    return {
      ...drawn,
      name: `t${at}`,
      param: 1,
      fallback: 2,
      mark: "m0",
      base: bases[base % bases.length] as string,
      list: list.map((number) => pathFor(at, number)),
      after: after === 0 ? made.at(-1) : undefined,
    };
  }),
);

const outputsBefore = (at: number): readonly string[] =>
  Array.from({ length: at }, (_, before) => `out/t${before}.txt`);

/** What the step of this number may read. */
export function pathFor(at: number, number: number): string {
  const made = outputsBefore(at);
  const paths = [...LASTING, ...OPTIONAL, FOLDER, ...ON_DEMAND, ...made, ...made];
  return paths[number % paths.length] as string;
}

export const outputOf = (name: string): string =>
  name.startsWith("wild:") ? `wild/${name.slice("wild:x=".length)}.txt` : `out/${name}.txt`;

export const listOf = ({ list }: Finder): string => list.map((path) => `${path}\n`).join("");

/** What a step makes of the texts that it reads: one that is not there is undefined. */
export function textOf(finder: Finder, param: number, texts: ReadonlyMap<string, string | undefined>): string {
  const found = finder.list.map((path) => texts.get(path) ?? `no ${path}\n`);
  const text = `${finder.mark} ${param} 1\n${texts.get(finder.base)}${found.join("")}`;
  return finder.isWhole ? text : text.slice(0, 12);
}

export const wildText = (text: string): string => `wild 1\n${text}`;

/** Whether a step that is told so fails; a kill leaves no time to say why. */
export type Switch = "" | "fail" | "once" | "kill";
export const failsWith = (told: Switch, param: number): boolean => told === "fail" || (told !== "" && param % 2 === 1);

/** Every file that defines the project, by path. */
export function definitionOf(finders: readonly Finder[]): ReadonlyMap<string, string> {
  const modules = finders.filter(({ by }) => by !== "depfile");
  return new Map([
    ...modules.map((finder) => [`rules/${finder.name}.ts`, moduleOf(finder)] as const),
    ["rules/counter.ts", "let count = 0;\nexport const next = () => ++count;\n"],
    ["rules/wild.ts", WILD],
    ["Pipefile.ts", pipefileOf(finders)],
  ]);
}

const WILD = `import { readFileSync, writeFileSync } from "node:fs";
import { next } from "./counter.ts";
export default ({ inputs, outputs }: any) =>
  writeFileSync(outputs.out, "wild " + next() + "\\n" + readFileSync(inputs.a, "utf8"));
`;

function pipefileOf(finders: readonly Finder[]): string {
  const rules = finders.map((finder) => `  ${finder.name}: rule(${declarationOf(finder)}),`);
  return `import { pipeline, rule } from "pipefile";
export default pipeline({
${rules.join("\n")}
  wild: rule({ inputs: { a: "src/{x}.txt" }, outputs: { out: "wild/{x}.txt" }, run: () => import("./rules/wild.ts") }),
});
`;
}

function declarationOf(finder: Finder): string {
  const { name, by, policy, base, after, param, fallback, isCached } = finder;
  const fields = [
    `inputs: { base: "${base}", list: "list/${name}" }, outputs: { out: "${outputOf(name)}" }`,
    `params: { n: ${param} }, cache: ${isCached}`,
    policy === "fallback" ? `retry: { times: 1, fallback: { n: ${fallback} } }` : "",
    policy === "temp" || policy === "always" ? `${policy}: true` : "",
    after === undefined ? "" : `after: "${after}"`,
    by === "depfile"
      ? `depfile: true, run: ${JSON.stringify(commandOf(finder))}`
      : `run: () => import("./rules/${name}.ts")`,
  ];
  return `{ ${fields.filter((field) => field !== "").join(", ")} }`;
}

function moduleOf({ name, by, isWhole, failsLate, mark, base }: Finder): string {
  const asked = by === "at-once" ? "await Promise.all(paths.map((path) => depend(path)));" : "";
  return `import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { next } from "./counter.ts";
const textAt = (path: string): string =>
  path.endsWith("/") ? readdirSync(path).sort().map((name) => textAt(path + name)).join("") : readFileSync(path, "utf8");
export default async ({ inputs, outputs, params, depend }: any) => {
  const failIfTold = async () => {
    const told = existsSync("switch/${name}") ? readFileSync("switch/${name}", "utf8") : "";
    if (told === "kill" && params.n % 2 === 1) {
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => {});
    }
    if (told === "fail" || (told === "once" && params.n % 2 === 1)) throw new Error(told);
  };
  ${failsLate ? "" : "await failIfTold();"}
  const paths = readFileSync(inputs.list, "utf8").split("\\n").filter(Boolean);
  let text = "${mark} " + params.n + " " + next() + "\\n" + readFileSync(inputs.base, "utf8");
  ${asked}
  for (const path of paths) text += (await depend(path)) ? textAt(path) : "no " + path + "\\n";
  ${failsLate ? "await failIfTold();" : ""}
  writeFileSync(outputs.out, text${isWhole ? "" : ".slice(0, 12)"});
};
// ${base}
`;
}

function commandOf({ name, isWhole, mark }: Finder): string {
  return `told=$(cat switch/${name} 2> /dev/null || true)
if [ "$told" = fail ]; then exit 3; fi
if [ -n "$told" ] && [ $((n % 2)) = 1 ]; then exit 4; fi
{ echo "${mark} $n 1"; cat "$base"; while read -r path; do case $path in */) cat "$path"*;; *) cat "$path" 2> /dev/null || echo "no $path";; esac; done < "$list"; } > "$out.whole"
${isWhole ? "cat" : "head -c 12"} "$out.whole" > "$out"
{ printf 'out:'; while read -r path; do printf ' %s' "$path"; done < "$list"; echo; } > "$depfile"`;
}
