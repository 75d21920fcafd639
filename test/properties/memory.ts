/** A project in memory, built by the pure core alone: the smallest engine that follows its protocol. */

import { catalogOf, type Disk, type Step } from "../../src/core/catalog.ts";
import { checkedRules, type CheckedRule } from "../../src/core/declaration.ts";
import { fingerprintText, rulePart } from "../../src/core/fingerprint.ts";
import { graphOf, type Graph } from "../../src/core/graph.ts";
import { glob, pipeline, rule, type Glob } from "../../src/core/rule.ts";
import { scheduleOf } from "../../src/core/schedule.ts";
import { ABSENT, staleness, type Trace } from "../../src/core/staleness.ts";
import type { Ground } from "./edit.ts";
import { contentOf, filesAt, resultOf } from "./model.ts";
import { actionText } from "./pipefile.ts";
import { POOLS, type Input, type Sketch } from "./sketch.ts";

export interface MemoryGround extends Ground {
  readonly texts: Map<string, string>;
  readonly traces: Map<string, Trace>;
  /** What was last made at a path. */
  readonly built: Map<string, string>;
  sketches: readonly Sketch[];
}

export function memoryGround(): MemoryGround {
  const ground: MemoryGround = {
    texts: new Map(),
    traces: new Map(),
    built: new Map(),
    sketches: [],
    read: (path) => ground.texts.get(path),
    write: (path, text) => void ground.texts.set(path, text),
    rename(from, to) {
      ground.texts.set(to, ground.texts.get(from) ?? "");
      ground.texts.delete(from);
    },
    remove(path) {
      for (const known of ground.texts.keys())
        if (known === path || known.startsWith(`${path}/`)) ground.texts.delete(known);
    },
    touch: () => {},
    files: () => ground.texts,
    define(sketches) {
      ground.sketches = sketches;
    },
    forget(what, way) {
      if (what === "cache") return "some-objects";
      if (what === "everything" || way % 2 === 0) ground.built.clear();
      const lost = [...ground.traces.keys()].filter(
        (_, at) => what === "everything" || way % 2 === 0 || (at + way) % 3 > 0,
      );
      for (const step of lost) ground.traces.delete(step);
      return what === "everything" ? "all" : "some-records";
    },
  };
  return ground;
}

/** What a build did, in the order in which it happened. */
export type Deed =
  | { readonly type: "judged"; readonly index: number }
  | { readonly type: "started"; readonly index: number; readonly waiting: readonly number[] }
  | { readonly type: "settled"; readonly index: number; readonly fate: "fresh" | "built" };

export interface CoreBuild {
  readonly graph: Graph;
  readonly deeds: readonly Deed[];
  readonly capacity: Readonly<Record<string, number>>;
}

/** `turns` decide which of the running steps ends next. */
export function buildInMemory(
  ground: MemoryGround,
  of: { readonly jobs: number; readonly turns: readonly number[] },
): CoreBuild {
  const catalog = catalogOf(rulesOf(ground.sketches), diskOf(ground));
  const graph = graphOf(catalog, diskOf(ground), catalog.steps);
  const capacity = { cpu: of.jobs, ...POOLS };
  const schedule = scheduleOf(graph, { capacity, durationMs });
  const deeds: Deed[] = [];
  const waiting = new Set<number>();
  const running: number[] = [];
  const settle = (index: number, fate: "fresh" | "built"): void => {
    deeds.push({ type: "settled", index, fate });
    schedule.settle(index);
  };
  for (let turn = 0; schedule.unsettled > 0; turn++) {
    for (let index = schedule.nextToJudge(); index !== undefined; index = schedule.nextToJudge()) {
      deeds.push({ type: "judged", index });
      if (isFresh(ground, graph, index)) settle(index, "fresh");
      else {
        waiting.add(index);
        schedule.enqueue(index);
      }
    }
    for (let index = schedule.nextToStart(); index !== undefined; index = schedule.nextToStart()) {
      deeds.push({ type: "started", index, waiting: [...waiting] });
      waiting.delete(index);
      running.push(index);
    }
    const [ended] = running.splice((of.turns[turn % of.turns.length] ?? 0) % Math.max(running.length, 1), 1);
    if (ended === undefined && schedule.unsettled > 0) throw new Error("nothing runs, and steps are left");
    if (ended === undefined) break;
    run(ground, stepAt(graph, ended));
    settle(ended, "built");
  }
  return { graph, deeds, capacity };
}

export const durationMs = (index: number): number => 100 + ((index * 7919) % 13) * 100;

export function stepAt(graph: Graph, index: number): Step {
  const step = graph.steps[index];
  if (step === undefined) throw new Error(`there is no step ${index}`);
  return step;
}

function rulesOf(sketches: readonly Sketch[]): readonly CheckedRule[] {
  const rules = sketches.map((sketch) => {
    const made = rule({
      inputs: Object.fromEntries(Object.entries(sketch.inputs).map(([slot, input]) => [slot, declared(input)])),
      outputs: sketch.outputs,
      params: { param: sketch.param },
      resources: { cpu: sketch.cpu, pools: sketch.network > 0 ? { network: sketch.network } : {} },
      run: actionText(sketch),
    });
    for (const x of sketch.fills ?? []) made.for({ x });
    return [sketch.name, made] as const;
  });
  return checkedRules(pipeline(Object.fromEntries(rules), { pools: POOLS }));
}

function declared(input: Input): string | readonly string[] | Glob {
  if (typeof input === "string" || !("glob" in input)) return input;
  const { folder } = input;
  return folder === undefined ? glob(input.glob) : glob(input.glob).map((path) => path.replace(/^[^/]+/, folder));
}

function diskOf(ground: MemoryGround): Disk {
  const { texts, built } = ground;
  const matcher = (pattern: string) => {
    const expression = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`);
    return (path: string) => expression.test(path);
  };
  return {
    exists: (path) => filesAt(texts, path).length > 0,
    isFile: (path) => texts.has(path),
    isOfAnotherKind: () => false,
    wasBuilt: (path) => built.has(path),
    holdsBuilt: (path) => built.get(path) === digestOf(ground, path),
    isHeld: () => false,
    siblings: () => [],
    members: (pattern) => [...texts.keys()].filter(matcher(pattern)),
    matcher,
  };
}

const digestOf = ({ texts }: MemoryGround, path: string): string =>
  filesAt(texts, path).length === 0 ? ABSENT : contentOf(texts, path);
const inputsOf = (ground: MemoryGround, step: Step): Trace["inputs"] =>
  step.inputs.flatMap(({ name, paths }) => paths.map((path) => ({ name, path, digest: digestOf(ground, path) })));
const outputsOf = (ground: MemoryGround, step: Step): Trace["outputs"] =>
  step.outputs.flatMap(({ paths }) => paths.map((path) => ({ path, digest: digestOf(ground, path) })));

function fingerprintOf({ rule, outputs }: Step): string {
  const run = { command: String(rule.run), shell: rule.shell, packages: {} };
  return fingerprintText(rulePart({ run, params: rule.params, env: {}, tools: {}, inputs: rule.inputs }), outputs);
}

function isFresh(ground: MemoryGround, graph: Graph, index: number): boolean {
  const step = stepAt(graph, index);
  const observed = { inputs: inputsOf(ground, step), discovered: [], outputs: outputsOf(ground, step) };
  return staleness(fingerprintOf(step), ground.traces.get(step.id), observed).length === 0;
}

function run(ground: MemoryGround, step: Step): void {
  const sketch = ground.sketches.find(({ name }) => name === step.rule.name);
  if (sketch === undefined) throw new Error(`there is no rule ${step.rule.name}`);
  const inputs = inputsOf(ground, step);
  const text = inputs.flatMap(({ path }) => filesAt(ground.texts, path).map(([, content]) => content)).join("");
  for (const { paths } of step.outputs) for (const path of paths) ground.remove(path.replace(/\/$/, ""));
  for (const [path, content] of resultOf({ sketch, x: step.wildcards["x"] ?? "" }, text))
    ground.texts.set(path, content);
  const outputs = outputsOf(ground, step);
  ground.traces.set(step.id, {
    step: step.id,
    fingerprint: fingerprintOf(step),
    inputs,
    discovered: [],
    outputs,
    startedMs: 0,
    durationMs: durationMs(0),
  });
  for (const { path, digest } of outputs) ground.built.set(path, digest);
}
