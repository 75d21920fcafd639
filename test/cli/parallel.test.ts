/** Steps side by side: as many as the tokens allow, no more, the same bytes in any order. */

import { expect, test } from "vitest";
import { projectOf, type Project } from "../rig/project.ts";
import { contentsOf } from "../rig/snapshot.ts";

// What of a Pipefile's text: a command that writes its start and end to $RUNS, and one that waits for a condition, in vain
// for some seconds at most.
const spans = (name: string, body = ""): string =>
  JSON.stringify(`echo "start ${name}" >> "$RUNS"\n${body}\necho "end ${name}" >> "$RUNS"`);
const until = (condition: string): string =>
  `tries=0; until ${condition}; do tries=$((tries + 1)); [ $tries -lt 1500 ] || { echo "in vain: ${condition.replaceAll(/["$`\\]/g, "")}"; exit 9; }; sleep 0.01; done`;
const untilEnd = (name: string): string => until(`grep -q "^end ${name}$" "$RUNS"`);
const untilStarts = (names: string, count: number): string =>
  until(`[ "$(grep -c "^start ${names}" "$RUNS")" -ge ${count} ]`);

const step = (name: string, body = "", more = ""): string =>
  `${name}: rule({ inputs: {}, outputs: {}, run: ${spans(name, body)}, ${more} })`;
const after = (name: string, needed: string, body = ""): string =>
  `${name}: rule({ inputs: { needed: "${needed}.done" }, outputs: { done: "${name}.done" }, run: ${spans(name, `${body}\necho > "$done"`)} })`;

/** The most of these that ran at once, by the order of their starts and ends. */
function mostAtOnce(lines: readonly string[], isCounted: (name: string) => boolean): number {
  let [running, most] = [0, 0];
  for (const line of lines) {
    const [mark = "", name = ""] = line.split(" ");
    if (isCounted(name)) running += mark === "start" ? 1 : -1;
    most = Math.max(most, running);
  }
  return most;
}

const chain = ["free0", "free1", "free2", "free3"];
/** Four steps after one another that ask for nothing but a cpu; the last of them does `body`. */
const freeWith = (body: string): string =>
  `free0: rule({ inputs: {}, outputs: { done: "free0.done" }, run: ${spans("free0", 'echo > "$done"')} }), ${chain
    .slice(1)
    .map((name, at) => after(name, chain[at] ?? "", name === "free3" ? body : ""))
    .join(", ")}`;
const FREE = freeWith("");

test("-jN runs N steps at once, and never more", async () => {
  const project = projectOf();
  project.pipefile(`{ ${["a", "b", "c", "d", "e", "f"].map((name) => step(name, untilStarts("", 3))).join(", ")} }`);
  await project.build("-j3");
  expect(mostAtOnce(project.runs(), () => true)).toBe(3);
});

test("-j1 runs one step at a time", async () => {
  const project = projectOf();
  project.pipefile(`{ ${["a", "b", "c", "d"].map((name) => step(name)).join(", ")}, ${FREE} }`);
  await project.build("-j1");
  const lines = project.runs();
  expect([lines.length, mostAtOnce(lines, () => true)]).toEqual([16, 1]);
});

test("a step of several cpus takes as many places, and one of more than there are runs alone", async () => {
  const project = projectOf();
  const forks = "for turn in 1 2 3 4 5 6 7 8 9 10; do ls > /dev/null; done";
  const wide = [2, 3, 64].map((cpu) => step(`wide${cpu}`, forks, `resources: { cpu: ${cpu} }`));
  project.pipefile(`{ ${wide.join(", ")}, ${["a", "b", "c", "d"].map((name) => step(name)).join(", ")} }`);
  await project.build("-j3");
  const lines = project.runs();
  expect(lines).toHaveLength(14);
  for (const name of ["wide3", "wide64"]) expect(lines.indexOf(`end ${name}`) - lines.indexOf(`start ${name}`)).toBe(1);
  const weight = (name: string): number => (name === "wide2" ? 2 : name.startsWith("wide") ? 3 : 1);
  let [used, most] = [0, 0];
  for (const line of lines) {
    const [mark, name = ""] = line.split(" ");
    used += mark === "start" ? weight(name) : -weight(name);
    most = Math.max(most, used);
  }
  expect(most).toBe(3);
});

test("a pool is never exceeded while other steps go on", async () => {
  const project = projectOf();
  const net = (name: string, body: string): string => step(name, body, "resources: { pools: { network: 1 } }");
  project.pipefile(
    `{ ${["net1", "net2", "net3"].map((name) => net(name, untilEnd("free3"))).join(", ")}, ${freeWith(untilStarts("net", 1))} }`,
    "pools: { network: 1 }",
  );
  await project.build("-j4");
  const lines = project.runs();
  expect(mostAtOnce(lines, (name) => name.startsWith("net"))).toBe(1);
  const firstNet = lines.findIndex((line) => line.startsWith("start net"));
  const itsEnd = lines.findIndex((line) => line.startsWith("end net"));
  expect(firstNet).toBeLessThan(lines.indexOf("end free3"));
  expect(lines.indexOf("end free3")).toBeLessThan(itsEnd);
});

test("a pool of several tokens is used up, and by what each step asks for", async () => {
  const project = projectOf();
  const net = (name: string, tokens: number, body = ""): string =>
    step(name, body, `resources: { pools: { network: ${tokens} } }`);
  const ones = ["one1", "one2", "one3", "one4"].map((name) => net(name, 1, untilStarts("one", 3)));
  project.pipefile(`{ ${[...ones, net("all1", 3), net("all2", 3)].join(", ")} }`, "pools: { network: 3 }");
  await project.build("-j6");
  const lines = project.runs();
  expect(mostAtOnce(lines, (name) => name.startsWith("one"))).toBe(3);
  for (const name of ["all1", "all2"]) expect(lines.indexOf(`end ${name}`) - lines.indexOf(`start ${name}`)).toBe(1);
});

test("memory is never promised twice, while steps that ask for none go on", async () => {
  const project = projectOf();
  const big = (name: string): string => step(name, untilEnd("free3"), `resources: { memory: "900000GB" }`);
  project.pipefile(`{ ${["big1", "big2"].map(big).join(", ")}, ${FREE} }`);
  await project.build("-j4");
  const lines = project.runs();
  expect(mostAtOnce(lines, (name) => name.startsWith("big"))).toBe(1);
  expect(lines.indexOf("end free3")).toBeLessThan(lines.findIndex((line) => line.startsWith("end big")));
});

test("a step that waits for a pool holds no cpu from the others", async () => {
  const project = projectOf();
  const net = (name: string): string => step(name, untilEnd("free3"), "resources: { pools: { network: 1 } }");
  project.pipefile(`{ ${["net1", "net2", "net3", "net4"].map(net).join(", ")}, ${FREE} }`, "pools: { network: 1 }");
  await project.build("-j2");
  expect(project.runs()).toHaveLength(16);
});

// Work that takes some tenths of a second, against a step that does nothing.
const WORK = (turns: number): string => `turn=0; while [ $turn -lt ${turns} ]; do turn=$((turn + 1)); done`;

test("ready steps start along the critical path of recorded durations", async () => {
  const project = projectOf();
  const made = (name: string, body: string): string =>
    `${name}: rule({ inputs: {}, outputs: { done: "${name}.done" }, run: ${spans(name, `${body}\necho > "$done"`)} })`;
  project.pipefile(
    `{ ${made("quick", "")}, ${made("slow", WORK(400_000))}, ${made("head", "")}, ${after("tail", "head", WORK(1_200_000))}, ${made("plain", "")} }`,
  );
  await project.build("-j1");
  project.runs();
  await project.build("-j1", "--force");
  const starts = project.runs().filter((line) => line.startsWith("start"));
  expect(starts.slice(0, 3)).toEqual(["start head", "start tail", "start slow"]);
  expect(starts.slice(3).toSorted()).toEqual(["start plain", "start quick"]);
});

const PARTS = ["a", "b", "c", "d"];
const MIXED = `{
  ${PARTS.map((name) => `${name}: rule({ inputs: { raw: "raw.txt" }, outputs: { part: "parts/${name}.txt", all: "trees/${name}/" }, run: counting("${name}", 'for name in \${TEST_FIRST_${name}-}; do ${until('grep -q "^done $name$" "$RUNS"')}; done; cat "$raw" > "$part"; echo ${name} >> "$part"; mkdir -p "$all/in"; cat "$part" > "$all/in/x"; echo "done ${name}" >> "$RUNS"') })`).join(",\n")},
  each: rule({ inputs: { part: "parts/{name}.txt" }, outputs: { up: "up/{name}.txt" }, run: 'tr a-z A-Z < "$part" > "$up"' }),
  join: rule({ inputs: { ups: glob("parts/*.txt").map((path) => path.replace("parts", "up")), trees: glob("parts/*.txt").map((path) => path.replace("parts", "trees").replace(".txt", "/in/x")) }, outputs: { out: "join.txt" }, run: 'cat $ups $trees > "$out"' }),
}`;

/** The order in which the parts have to end, as variables that each part waits by. */
const orderOf = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name, at) => [`TEST_FIRST_${name}`, names.slice(0, at).join(" ")]));

test("one job or many, in any order of completion, give the same bytes", async () => {
  const build = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<object> => {
    const project: Project = projectOf({ "raw.txt": "raw\n" });
    project.pipefile(MIXED);
    const run = await project.pipe(["build", ...args], { env });
    expect([run.code, run.stderr]).toEqual([0, ""]);
    const done = project
      .runs()
      .filter((line) => line.startsWith("done"))
      .map((line) => line.slice(5));
    if (env["TEST_FIRST_a"] !== undefined) expect(orderOf(done)).toEqual(env);
    expect((await project.build("-j2")).events.filter(({ type }) => type !== "step-fresh")).toHaveLength(2);
    return Object.fromEntries(
      Object.entries(contentsOf(project.root)).filter(([path]) => /^(?:parts|trees|up|join)/.test(path)),
    );
  };
  const expected = await build(["-j1"]);
  expect(Object.keys(expected)).toHaveLength(4 + 4 * 3 + 4 + 1 + 3);
  for (const order of [
    ["d", "c", "b", "a"],
    ["b", "d", "a", "c"],
    ["c", "a", "d", "b"],
  ])
    expect(await build(["-j4"], orderOf(order))).toEqual(expected);
  expect(await build(["-j16"])).toEqual(expected);
});
