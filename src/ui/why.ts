/** `pipe why`: from a target down to what changed, each step once. Pure. */

import { noteText } from "../core/override.ts";
import type { StepStatus } from "../core/status.ts";
import type { Paint } from "./paint.ts";
import { reasonText } from "./reason.ts";

/** The steps a target names, among the statuses of all that it needs (in which each comes after what it needs). */
export function statusesOfTarget(statuses: readonly StepStatus[], target: string): readonly StepStatus[] {
  const isNamed = ({ step }: StepStatus): boolean => step === target || step.startsWith(`${target}:`);
  const path = target.replace(/^\.\//, "");
  const isMaker = ({ outputs }: StepStatus): boolean =>
    outputs.some(
      (output) => output === path || output === `${path}/` || isBelow(output, path) || isBelow(path, output),
    );
  for (const isMeant of target.startsWith("./") ? [isMaker] : [isNamed, isMaker]) {
    const found = statuses.filter(isMeant);
    if (found.length > 0) return found;
  }
  return statuses.slice(-1);
}

const isBelow = (path: string, directory: string): boolean => directory.endsWith("/") && path.startsWith(directory);

/** A stale step that a target's state goes back to, and how many steps lie between. */
export interface Link {
  readonly status: StepStatus;
  readonly depth: number;
  /** True where the step was explained further up. */
  readonly isRepeated: boolean;
  /** By path: which step's override put it there. */
  readonly held: ReadonlyMap<string, string>;
}

export function chainFrom(statuses: readonly StepStatus[], targets: readonly StepStatus[]): readonly Link[] {
  const byStep = new Map(statuses.map((status) => [status.step, status]));
  const held = heldPaths(statuses);
  const links: Link[] = [];
  const seen = new Set<string>();
  // A stack of its own: a chain of steps may be longer than the call stack is deep.
  const stack: { readonly status: StepStatus; readonly depth: number }[] = targets
    .toReversed()
    .map((status) => ({ status, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { status, depth } = next;
    const isRepeated = seen.has(status.step);
    links.push({ status, depth, isRepeated, held });
    seen.add(status.step);
    if (isRepeated) continue;
    const causes = status.after.flatMap((step) => byStep.get(step) ?? []);
    stack.push(...causes.toReversed().map((cause) => ({ status: cause, depth: depth + 1 })));
  }
  return links;
}

function heldPaths(statuses: readonly StepStatus[]): ReadonlyMap<string, string> {
  const held = new Map<string, string>();
  for (const { step, override, outputs } of statuses)
    if (override !== undefined) for (const path of outputs) held.set(path, `${step} is ${noteText(override)}`);
  return held;
}

export function whyText(links: readonly Link[], paint: Paint): string {
  return links.flatMap((link) => linesOf(link, paint)).join("");
}

const DEEPEST = 20;

function linesOf({ status, depth, isRepeated, held }: Link, paint: Paint): readonly string[] {
  const indent = "  ".repeat(Math.min(depth, DEEPEST));
  const name = paint("strong", status.step);
  if (isRepeated) return [`${indent}${name} (see above)\n`];
  const head = `${indent}${name} ${verdictOf(status)}\n`;
  const reasons = status.reasons.map((reason) => {
    const note = reason.part === "input" ? held.get(reason.name) : undefined;
    return `${indent}  because ${reasonText(reason)}${note === undefined ? "" : `: ${note}`}\n`;
  });
  const waits =
    status.after.length === 0 ? [] : [`${indent}  ${status.plan === "may-run" ? "depending on" : "and after"}:\n`];
  return [head, ...reasons, ...waits];
}

function verdictOf({ plan, step, override, ended }: StepStatus): string {
  if (ended !== undefined) return `${VERDICTS[plan]}: it is no longer ${noteText(ended)}`;
  if (override === undefined) return VERDICTS[plan];
  if (override.kind === "held") return `is ${noteText(override)}; what stood there stays`;
  const until = override.kind === "accepted" ? "what it is made from changes" : `'pipe unpin ${step}'`;
  return `${plan === "fresh" ? "is fresh" : VERDICTS[plan]}: ${noteText(override)}, until ${until}`;
}

const VERDICTS = {
  held: "is held back",
  fresh: "is fresh: nothing that it is made from has changed",
  "would-run": "would run",
  "would-restore": "would be restored from the cache",
  "would-fail": "would fail, since its bytes are gone",
  "may-run": "may run, if what it reads changes",
} as const;
