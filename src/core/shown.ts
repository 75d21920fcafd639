/** How a message shows what somebody gave. Pure. */

/** A text as it is, an object as JSON where it has one. Throws for nothing, whatever the value's own `toString` does. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    return "an object";
  }
}
