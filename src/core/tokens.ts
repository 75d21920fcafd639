/** Tokens that steps hold while they run: cpu, memory and the pools of a pipeline. Pure. */

import { badRule } from "./error.ts";
import type { Resources } from "./rule.ts";

/** Amounts by token name; `cpu` counts cores, `memory` bytes, the rest are pools. */
export type Tokens = Readonly<Record<string, number>>;

const ONE_CPU: Tokens = { cpu: 1 };
const UNITS = { KB: 1e3, MB: 1e6, GB: 1e9 };

/** What a rule asks for, checked against the pools that the pipeline has. */
export function capacityNeeded(
  rule: string,
  asked: { readonly resources: Resources | undefined; readonly pools: Readonly<Record<string, number>> },
): Tokens {
  if (asked.resources === undefined) return ONE_CPU;
  const { cpu = 1, memory, pools = {} } = asked.resources;
  if (!(cpu > 0)) throw badRule({ rule, problem: `asks for ${cpu} cpu`, hint: "cpu is a number above 0" });
  const tokens: Record<string, number> = { cpu };
  if (memory !== undefined) tokens["memory"] = memoryBytes(memory, rule);
  for (const [pool, amount] of Object.entries(pools)) {
    const size = asked.pools[pool];
    if (size === undefined)
      throw badRule({
        rule,
        problem: `asks for the pool '${pool}', which the pipeline has not`,
        known: Object.keys(asked.pools),
        word: pool,
      });
    if (!(amount > 0 && amount <= size))
      throw badRule({ rule, problem: `asks for ${amount} of the pool '${pool}', which has ${size}` });
    tokens[pool] = amount;
  }
  return tokens;
}

function memoryBytes(text: string, rule: string): number {
  const bytes = sizeBytes(text);
  if (bytes !== undefined) return bytes;
  const hint = 'write a number and KB, MB or GB, such as "2GB"';
  throw badRule({ rule, problem: `asks for the memory '${text}'`, hint });
}

/** The bytes of a size as it is declared; undefined for a text that is none. */
export function sizeBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(KB|MB|GB)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

/** The pools alone: neither cores nor memory. */
export const poolsOf = (tokens: Tokens): Tokens =>
  Object.fromEntries(Object.entries(tokens).filter(([name]) => name !== "cpu" && name !== "memory"));

/** True where `needed` fits into what `capacity` leaves beside `used`. A need above the whole capacity runs alone. */
export function fits(needed: Tokens, from: { readonly used: Tokens; readonly capacity: Tokens }): boolean {
  return Object.entries(needed).every(([name, amount]) => {
    const capacity = from.capacity[name];
    return capacity === undefined || (from.used[name] ?? 0) + Math.min(amount, capacity) <= capacity;
  });
}

/** `used` with the tokens of one step taken (`+1`) or given back (`-1`). */
export function moved(
  used: Tokens,
  change: { readonly by: Tokens; readonly sign: 1 | -1; readonly capacity: Tokens },
): Tokens {
  const next: Record<string, number> = { ...used };
  for (const [name, amount] of Object.entries(change.by)) {
    next[name] = (next[name] ?? 0) + change.sign * Math.min(amount, change.capacity[name] ?? amount);
  }
  return next;
}
