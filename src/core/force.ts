/** Which steps a build runs whatever their state. Pure. */

/** `all`, or the names of rules and steps. */
export type Force = "all" | readonly string[];

export const isForced = (
  force: Force,
  { id, rule }: { readonly id: string; readonly rule: { readonly name: string } },
): boolean => force === "all" || force.includes(rule.name) || force.includes(id);
