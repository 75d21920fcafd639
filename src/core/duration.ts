/** Lengths of time as a Pipefile writes them. Pure. */

/** A number and a unit: `"500ms"`, `"1.5s"`, `"10m"`, `"9h"`, `"2d"`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds; undefined for a text that is no length of time above 0. */
export function durationMs(text: unknown): number | undefined {
  const match = typeof text === "string" ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) : null;
  if (match === null) return undefined;
  const ms = Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS];
  return ms > 0 && Number.isFinite(ms) ? ms : undefined;
}
