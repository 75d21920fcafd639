/** An opened project: its Pipefile evaluated, its rules checked, its state loaded. */

import { relative } from "node:path";
import { catalogOf, type Catalog, type Disk } from "./core/catalog.ts";
import { checkedRules, withFilesOfCode, type CheckedRule } from "./core/declaration.ts";
import { refuseClash } from "./core/clash.ts";
import { badOption, notAnAction, undeclaredPath } from "./core/error.ts";
import type { Emit } from "./core/event.ts";
import type { RunIdentity } from "./core/fingerprint.ts";
import { graphOf, stepsOfTargets, type GrowingGraph } from "./core/graph.ts";
import { withParams } from "./core/params.ts";
import { fallbackRule } from "./core/policy.ts";
import { withFetches } from "./core/remote.ts";
import type { Pipeline } from "./core/rule.ts";
import { servingOf, type Serving } from "./core/served-model.ts";
import { unitsOf, type Units } from "./core/unit.ts";
import { undeclaredPaths } from "./core/undeclared.ts";
import { cachePlaceFor, closeProject, recall } from "./recall.ts";
import { Code, modulePathOf } from "./run/code.ts";
import { endLeftWorkers } from "./run/guardian.ts";
import { environmentFrom, type Environment, type EnvironmentOf } from "./run/invocation.ts";
import { Tools } from "./run/tools.ts";
import { Cache } from "./store/cache.ts";
import type { CachePlace } from "./store/cache-place.ts";
import { ignoresCase } from "./store/case.ts";
import { digestOfText } from "./store/digest.ts";
import { diskOf } from "./store/disk.ts";
import { takeLock } from "./store/lock.ts";
import { Observer } from "./store/observer.ts";
import type { State } from "./store/state.ts";
import { sweep } from "./store/sweep.ts";

export interface ProjectRequest {
  /** Absolute path of the project's root, the folder of the Pipefile. */
  readonly root: string;
  /** Absolute path of the Pipefile. */
  readonly pipefile: string;
  /** The command as typed, for whoever has to wait for it. */
  readonly doing: string;
  /** `rule.name=value` as typed. */
  readonly params: readonly string[];
  /** `write` takes the project's lock (waits for another build), `read` does not. */
  readonly access: "read" | "write";
  /** With access `write`: false fails with exit code 3 instead of waiting for the lock. */
  readonly wait: boolean;
  readonly env: Environment;
  readonly emit: Emit;
}

/** How a rule's work is identified, and for a module the bundle that runs. */
export interface RuleRun {
  readonly identity: RunIdentity;
  readonly bundle: string | undefined;
  /** Files that the code reads from beside itself. */
  readonly assets: readonly string[];
}

export interface Project extends AsyncDisposable {
  readonly root: string;
  readonly env: Environment;
  readonly pipeline: Pipeline;
  readonly catalog: Catalog;
  /** The models whose versions are kept. */
  readonly units: Units;
  /** What is served, if anything is. */
  readonly serving: Serving | undefined;
  /** Absolute path of the bundle of the module that predicts for it, where there is one. */
  predictor(): Promise<string | undefined>;
  /** And of the one that gives figures of the business. */
  kpis(): Promise<string | undefined>;
  readonly disk: Disk;
  readonly state: State;
  readonly observer: Observer;
  readonly cache: Cache;
  readonly cachePlace: CachePlace;
  readonly tools: Tools;
  readonly environment: EnvironmentOf;
  /** By rule name. */
  readonly runs: ReadonlyMap<string, RuleRun>;
  /** What each rule contributes to a fingerprint, kept once it is known. */
  readonly ruleParts: Map<CheckedRule, string>;
  /** By rule name: the rule with the params of its retries, where those are others. */
  readonly fallbacks: ReadonlyMap<string, CheckedRule>;
  /** The graph of what the targets need; without targets, of the default ones. */
  graph(targets: readonly string[]): GrowingGraph;
  /** The graph of every step that the Pipefile names. */
  wholeGraph(): GrowingGraph;
  /** True where the Pipefile sees nothing but itself: the same text always declares the same rules. */
  readonly isClosed: boolean;
  /** Does something once the state is written, still under the project's lock. */
  whenClosed(action: () => void): void;
}

/** Opens a project, or throws a {@link PipeError} for what is wrong with its Pipefile. */
export async function openProject(request: ProjectRequest): Promise<Project> {
  const { root } = request;
  const release = request.access === "write" ? await lockFor(request) : () => {};
  try {
    const state = recall(request);
    const observer = new Observer(root, state);
    if (request.access === "write") await takeOver(root);
    const code = new Code(root, observer);
    const { pipeline, isClosed } = await code.pipeline(relative(root, request.pipefile));
    const declared = withFetches(withParams(checkedRules(pipeline), request.params), digestOfText);
    const cachePlace = cachePlaceFor(request, pipeline);
    const runs = await runsOf(declared, code);
    const rules = declared.map((rule) => withFilesOfCode(rule, runs.get(rule.name)?.assets ?? []));
    const disk = await diskOf(root, { state, observer, rules });
    const catalog = catalogOf(rules, disk);
    const units = unitsOf(catalog);
    const atClose: (() => void)[] = [];
    return {
      root,
      env: request.env,
      isClosed,
      whenClosed: (action) => void atClose.push(action),
      pipeline,
      catalog,
      units,
      ...servedIn(pipeline, code),
      disk,
      state,
      observer,
      cache: new Cache(cachePlace.folder, observer),
      cachePlace,
      tools: new Tools(root, request.env),
      environment: environmentFrom(request.env),
      runs,
      ruleParts: new Map(),
      fallbacks: fallbacksOf(rules),
      graph(targets) {
        const graph = graphOf(catalog, disk, rootsOf({ catalog, disk, pipeline }, targets));
        refuseClash(graph.steps, () => ignoresCase(request.pipefile));
        if (pipeline.options.strict === true) refuseUndeclared(graph, disk);
        return graph;
      },
      wholeGraph: () => graphOf(catalog, { ...disk, isHeld: () => false }, catalog.steps),
      [Symbol.asyncDispose]: async () => closeProject({ state, observer, atClose, release }, request),
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function takeOver(root: string): Promise<void> {
  // Nobody may write to the project any more: not even a worker of a build that was killed.
  await endLeftWorkers(root);
  sweep(root);
}

function lockFor({ root, doing, wait, emit }: ProjectRequest): Promise<() => void> {
  const onWait = (holder: string): void =>
    emit({ type: "warning", code: "waiting", message: `waiting for another build of this project, ${holder}` });
  return takeLock({ root, doing, wait, onWait });
}

async function runsOf(rules: readonly CheckedRule[], code: Code): Promise<ReadonlyMap<string, RuleRun>> {
  const runs = new Map<string, RuleRun>();
  const modules = new Map<string, string>();
  for (const { name, run, shell } of rules) {
    if (typeof run === "string") {
      runs.set(name, { identity: { command: run, shell, packages: {} }, bundle: undefined, assets: [] });
      continue;
    }
    const path = await modulePathOf(run);
    if (path === undefined) throw notAnAction({ rule: name });
    modules.set(name, path);
  }
  const actions = modules.size === 0 ? new Map() : await code.actions([...new Set(modules.values())]);
  for (const [name, path] of modules) {
    const action = actions.get(path);
    if (action !== undefined) runs.set(name, { ...action, bundle: action.file });
  }
  return runs;
}

function servedIn({ options }: Pipeline, code: Code): Pick<Project, "serving" | "predictor" | "kpis"> {
  const serving = servingOf(options.serve);
  return {
    serving,
    predictor: () => bundleOf(serving?.predictor, "predictor", code),
    kpis: () => bundleOf(serving?.monitor.kpis, "kpis", code),
  };
}

async function bundleOf(
  module: (() => Promise<unknown>) | undefined,
  name: "predictor" | "kpis",
  code: Code,
): Promise<string | undefined> {
  if (module === undefined) return undefined;
  const path = await modulePathOf(module);
  if (path === undefined)
    throw badOption({ problem: `'serve' with ${name} that are no () => import("./rules/${name}.ts")` });
  return (await code.actions([path])).get(path)?.file;
}

function rootsOf(
  { catalog, disk, pipeline }: Pick<Project, "catalog" | "disk" | "pipeline">,
  targets: readonly string[],
): GrowingGraph["steps"] {
  const asked = targets.length > 0 ? targets : pipeline.options.default;
  if (asked !== undefined) return stepsOfTargets(catalog, disk, asked);
  return catalog.steps.filter((step) => step.rule.wildcards.length === 0);
}

function fallbacksOf(rules: readonly CheckedRule[]): ReadonlyMap<string, CheckedRule> {
  return new Map(
    rules.flatMap((rule) => {
      const fallback = fallbackRule(rule);
      return fallback === undefined ? [] : [[rule.name, fallback] as const];
    }),
  );
}

function refuseUndeclared(graph: GrowingGraph, disk: Disk): void {
  for (const step of graph.steps) {
    const paths = undeclaredPaths(step, disk.isFile);
    if (paths.length > 0) throw undeclaredPath({ step: step.id, paths });
  }
}
