/** What of an action's code counts: what the action uses, and no more. */

import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { partsOf, ran, reasonsOf } from "../rig/events.ts";
import { actionOf } from "../rig/pipefile.ts";
import { projectOf, type Project } from "../rig/project.ts";

const LIBRARY = `
export const upper = (text: string): string => text.toUpperCase();
export const lower = (text: string): string => text.toLowerCase();
`;

/** Two actions that share a module, each with a function of its own. */
async function built(files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const project = projectOf({
    "raw.txt": "Alpha\n",
    "lib/text.ts": LIBRARY,
    "rules/upper.ts": actionOf(
      "upper",
      "writeFileSync(outputs.out, upper(readFileSync(inputs.raw, 'utf8')));",
      `import { upper } from "../lib/text.ts";`,
    ),
    "rules/lower.ts": actionOf(
      "lower",
      "writeFileSync(outputs.out, lower(readFileSync(inputs.raw, 'utf8')));",
      `import { lower } from "../lib/text.ts";`,
    ),
    ...files,
  });
  project.pipefile(`{
    upper: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "upper.txt" }, run: () => import("./rules/upper.ts") }),
    lower: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "lower.txt" }, run: () => import("./rules/lower.ts") }),
  }`);
  await project.build();
  expect(project.runs().toSorted()).toEqual(["lower", "upper"]);
  return project;
}

test("an edit of an action's code makes just its step stale, for that reason", async () => {
  const project = await built();
  project.write("rules/upper.ts", project.read("rules/upper.ts").replace("upper(read", "'>' + upper(read"));
  const run = await project.build();
  expect(partsOf(run, "upper")).toEqual(["code rules/upper.ts"]);
  expect(project.runs()).toEqual(["upper"]);
  expect(project.read("upper.txt")).toBe(">ALPHA\n");
});

test("an edit of a function in a shared module makes just the steps stale that use it", async () => {
  const project = await built();
  project.write("lib/text.ts", LIBRARY.replace("toLowerCase()", "toLowerCase().trim()"));
  const run = await project.build();
  expect(partsOf(run, "lower")).toEqual(["code rules/lower.ts"]);
  expect(project.runs()).toEqual(["lower"]);
  expect(project.read("lower.txt")).toBe("alpha");
});

const SAME: Readonly<Record<string, (project: Project) => void>> = {
  "a comment": (project) =>
    project.write(
      "rules/upper.ts",
      `// why\n${project.read("rules/upper.ts").replace("writeFileSync(outputs", "/* how */ writeFileSync(outputs")}`,
    ),
  "a legal comment": (project) => project.write("lib/text.ts", `/*! licence of 2027 */\n${LIBRARY}`),
  formatting: (project) =>
    project.write(
      "rules/upper.ts",
      project.read("rules/upper.ts").replaceAll(";", "\n\n  ;").replaceAll("'utf8'", '"utf8"'),
    ),
  "a type": (project) =>
    project.write(
      "lib/text.ts",
      LIBRARY.replace("(text: string): string", "<T extends string>(text: T): Uppercase<T> | string"),
    ),
  "an unused function": (project) =>
    project.write("rules/upper.ts", `${project.read("rules/upper.ts")}\nfunction unused() { return 1; }\n`),
  "another export": (project) =>
    project.write(
      "rules/upper.ts",
      `${project.read("rules/upper.ts")}\nexport const other = () => 2;\nexport interface Shape { a: number }\n`,
    ),
  "an import of a type": (project) =>
    project.write(
      "rules/upper.ts",
      `import type { Action } from "pipefile";\n${project.read("rules/upper.ts")}\nexport type Made = Action<{}, {}>;\n`,
    ),
  "the order of functions in a shared module": (project) =>
    project.write("lib/text.ts", LIBRARY.trim().split("\n").toReversed().join("\n")),
};

test.each(Object.entries(SAME))("%s in an action's code changes nothing", async (_, edit) => {
  const project = await built();
  edit(project);
  const run = await project.build();
  expect([project.runs(), ran(run)]).toEqual([[], []]);
});

test("a JSON file that the code imports is code", async () => {
  const project = await built({ "lib/limits.json": `{ "most": 1 }` });
  project.write(
    "rules/upper.ts",
    actionOf(
      "upper",
      "writeFileSync(outputs.out, String(limits.most));",
      `import limits from "../lib/limits.json" with { type: "json" };`,
    ),
  );
  await project.build();
  project.runs();
  project.write("lib/limits.json", `{ "most": 2 }`);
  expect(partsOf(await project.build(), "upper")).toEqual(["code rules/upper.ts"]);
  expect(project.read("upper.txt")).toBe("2");
});

test("a param that turned from a number into a string counts, and reaches the action as it is", async () => {
  const project = projectOf({ "rules/kind.ts": actionOf("kind", "writeFileSync(outputs.out, typeof params.value);") });
  const rules = (value: string): string =>
    `{ kind: rule({ inputs: {}, outputs: { out: "kind.txt" }, params: { value: ${value} }, run: () => import("./rules/kind.ts") }) }`;
  for (const [value, kind] of [
    ["2", "number"],
    [`"2"`, "string"],
    ["true", "boolean"],
    [`"true"`, "string"],
  ] as const) {
    project.pipefile(rules(value));
    await project.build();
    expect(project.read("kind.txt")).toBe(kind);
  }
});

test("an action that became a command, and back, is stale for that", async () => {
  const project = await built();
  const pipefile = project.read("Pipefile.ts");
  project.write(
    "Pipefile.ts",
    pipefile.replace(`() => import("./rules/upper.ts")`, `counting("upper", 'cat "$raw" > "$out"')`),
  );
  const run = await project.build();
  expect(reasonsOf(run, "upper").map(({ part }) => part)).toEqual(expect.arrayContaining(["command", "code"]));
  expect(project.runs()).toEqual(["upper"]);
  expect(project.read("upper.txt")).toBe("Alpha\n");
});

interface Package {
  readonly version: string;
  readonly dependencies?: object;
  readonly text: string;
}

const LOCK = "node_modules/.package-lock.json";

/** Does what `npm install` does, in its list of what is installed too. */
function install(project: Project, place: string, { version, dependencies = {}, text }: Package): void {
  const name = place.replace(/^.*node_modules\//, "");
  project.write(
    `node_modules/${place}/package.json`,
    JSON.stringify({ name, version, type: "module", main: "index.js", dependencies }),
  );
  project.write(`node_modules/${place}/index.js`, text);
  const lock = (project.has(LOCK) ? JSON.parse(project.read(LOCK)) : { packages: {} }) as { packages: object };
  const integrity = `sha512-${createHash("sha512").update(text).digest("base64")}`;
  project.write(
    LOCK,
    JSON.stringify({ packages: { ...lock.packages, [`node_modules/${place}`]: { version, integrity } } }),
  );
}

async function builtWithPackages(): Promise<Project> {
  const project = projectOf();
  install(project, "shout", {
    version: "1.0.0",
    dependencies: { "@scope/marks": "^1.0.0" },
    text: `import { mark } from "@scope/marks";\nexport default (text) => text.toUpperCase() + mark;\n`,
  });
  install(project, "@scope/marks", { version: "1.0.0", text: `export const mark = "!";\n` });
  install(project, "quiet", { version: "1.0.0", text: `export default (text) => text.toLowerCase();\n` });
  for (const name of ["shout", "quiet"])
    project.write(
      `rules/${name}.ts`,
      actionOf(name, `writeFileSync(outputs.out, ${name}("Word"));`, `import ${name} from "${name}";`),
    );
  project.write("rules/none.ts", actionOf("none", `writeFileSync(outputs.out, "Word");`));
  const rules = ["shout", "quiet", "none"].map(
    (name) => `${name}: rule({ inputs: {}, outputs: { out: "${name}.txt" }, run: () => import("./rules/${name}.ts") })`,
  );
  project.pipefile(`{ ${rules.join(", ")} }`);
  await project.build();
  expect(project.runs().toSorted()).toEqual(["none", "quiet", "shout"]);
  expect(project.read("shout.txt")).toBe("WORD!");
  return project;
}

test("a package's new version makes just its users stale", async () => {
  const project = await builtWithPackages();
  install(project, "quiet", { version: "1.1.0", text: `export default (text) => text.toLowerCase() + ".";\n` });
  const run = await project.build();
  expect(project.runs()).toEqual(["quiet"]);
  expect(reasonsOf(run, "quiet")).toEqual([
    {
      part: "package",
      name: "quiet",
      was: expect.stringContaining("1.0.0") as string,
      now: expect.stringContaining("1.1.0") as string,
    },
  ]);
  expect(project.read("quiet.txt")).toBe("word.");
});

test("a new version of what a package depends on makes just the package's users stale", async () => {
  const project = await builtWithPackages();
  install(project, "@scope/marks", { version: "1.0.1", text: `export const mark = "?";\n` });
  const run = await project.build();
  expect(project.runs()).toEqual(["shout"]);
  expect(partsOf(run, "shout")).toEqual(["package @scope/marks"]);
  expect(project.read("shout.txt")).toBe("WORD?");
});

test("a package nearer to the code takes the place of one further up, and counts", async () => {
  const project = await builtWithPackages();
  install(project, "shout/node_modules/@scope/marks", { version: "1.9.0", text: `export const mark = "…";\n` });
  const run = await project.build();
  expect(project.runs()).toEqual(["shout"]);
  expect(partsOf(run, "shout")).toEqual(["package @scope/marks"]);
  expect(project.read("shout.txt")).toBe("WORD…");
});

test("a package of the same version with other content counts by its integrity", async () => {
  const project = await builtWithPackages();
  install(project, "quiet", { version: "1.0.0", text: `export default (text) => text.toLowerCase() + "?";\n` });
  expect(partsOf(await project.build(), "quiet")).toEqual(["package quiet"]);
  expect(project.runs()).toEqual(["quiet"]);
});
