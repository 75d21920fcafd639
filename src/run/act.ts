/** One run of a module's action in a worker: what the action is given, and how it ends. */

import type { Action, ActionContext, PathsByName } from "../core/rule.ts";
import { failureOf } from "./failure.ts";
import type { Invocation } from "./invocation.ts";
import type { DependAnswer, WorkerMessage } from "./message.ts";
import { failed, type Failed, type Outcome } from "./outcome.ts";

type AnyAction = Action<PathsByName, PathsByName, object>;
type Context = ActionContext<PathsByName, PathsByName, object>;

/** What a worker does for the action that runs in it. */
export interface Surroundings {
  say(message: WorkerMessage): void;
  writeLog(text: string): void;
  /** Whether the wait for the engine keeps the process alive. */
  awaitEngine(isAwaited: boolean): void;
}

export interface ModuleRun {
  /** Resolves when the action has ended, or has failed in any other way. */
  act(bundle: string, invocation: Invocation): Promise<Outcome>;
  /** The engine answers what the action asked for. */
  answer(id: number, answer: DependAnswer): void;
  /** Something that the action started threw, where nobody caught it. */
  fail(thrown: unknown): void;
  /** The event loop has nothing left to do. */
  drain(): void;
  /** From here on the action is not heard; the failure that was met until now. */
  end(): Failed | undefined;
}

/** The event carries as much of a message; the log has it all. */
const LONGEST_MESSAGE = 10_000;
let evaluations = 0;

export function moduleRun(around: Surroundings): ModuleRun {
  const waiting = new Map<number, (answer: DependAnswer) => void>();
  let asked = 0;
  let failure: Failed | undefined;
  let isOver = false;
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));

  const fail = (found: Failed): void => {
    failure ??= found;
    stop();
  };
  const say = (message: WorkerMessage): void => {
    if (!isOver) around.say(message);
  };
  const depend = (path: string): Promise<boolean> =>
    new Promise((resolve, reject) => {
      waiting.set(asked, (answer) => {
        if ("problem" in answer) reject(new Error(answer.problem));
        else resolve(answer.isThere);
      });
      around.awaitEngine(true);
      say({ type: "depend", id: asked++, path });
    });

  return {
    async act(bundle, invocation) {
      around.awaitEngine(false);
      await Promise.race([stopped, evaluate(bundle, contextOf(invocation, { say, depend, around })).catch(fail)]);
      if (waiting.size > 0) say({ type: "returned" });
      return failure ?? { isDone: true };
    },
    answer(id, answer) {
      const settle = waiting.get(id);
      waiting.delete(id);
      around.awaitEngine(waiting.size > 0);
      settle?.(answer);
    },
    fail: (thrown) => fail(failureOf(thrown)),
    drain: () => fail(failed("error", NEVER)),
    end() {
      isOver = true;
      around.awaitEngine(true);
      return failure;
    },
  };
}

const NEVER = "the action will never end: its promise is pending and nothing is left that could settle it";

/** Rejects with a {@link Failed}. */
async function evaluate(bundle: string, context: Context): Promise<void> {
  try {
    // Each evaluation is a module of its own, so that no run finds the state of another.
    const module = (await import(`${bundle}?${evaluations++}`)) as { readonly default?: unknown };
    if (typeof module.default !== "function") throw new Error("the module's default export is no function");
    await (module.default as AnyAction)(context);
  } catch (error) {
    throw failureOf(error);
  }
}

function contextOf(
  { inputs, outputs, artifacts, previous, params, wildcards, scratch }: Invocation,
  its: {
    readonly say: (message: WorkerMessage) => void;
    readonly depend: Context["depend"];
    readonly around: Surroundings;
  },
): Context {
  return {
    inputs,
    outputs,
    artifacts,
    previous,
    params,
    wildcards,
    scratch,
    log(message) {
      const text = textOf(message);
      its.around.writeLog(`${text}\n`);
      its.say({ type: "logged", message: text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text });
    },
    metric: (name, value, about) =>
      its.say({ type: "metric", name, value, ...(about?.of === "previous" && { of: about.of }) }),
    progress: (done, total) => its.say({ type: "progress", done, total }),
    depend: its.depend,
    // An interrupted build ends the worker, so within one the signal never fires.
    signal: new AbortController().signal,
  };
}

/** JavaScript lets an action log anything. */
const textOf = (message: unknown): string => String(message);
