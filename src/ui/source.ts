/** Which inputs of an outline are sources. Pure. */

import { directoriesAbove } from "../core/artifact.ts";
import type { Outline, StepOutline } from "../core/status.ts";

/** Every path that a step of the outline makes. */
export const madeIn = ({ steps }: Outline): ReadonlySet<string> => new Set(steps.flatMap((step) => step.outputs));

/** The inputs of a step that no step of the outline makes. */
export function sourcesOf(step: StepOutline, made: ReadonlySet<string>): readonly string[] {
  const isMade = (path: string): boolean => made.has(path) || directoriesAbove(path).some((above) => made.has(above));
  const isPartlyMade = (path: string): boolean =>
    path.endsWith("/") && [...made].some((output) => output.startsWith(path));
  return [...new Set(step.inputs)].filter((path) => !isMade(path) && !isPartlyMade(path));
}
