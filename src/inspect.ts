/** The read-only commands' view of a project: what a build would do, and why. Writes nothing but the stat cache. */

import type { Outline, StepStatus } from "./core/status.ts";
import type { Project } from "./project.ts";

/** The steps that the targets need, in an order where each comes after what it needs. */
export async function statusOf(project: Project, targets: readonly string[]): Promise<readonly StepStatus[]> {
  throw new Error(`not there yet: ${project.root} ${targets.join(" ")}`);
}

/** Every step of the project (or only those that the targets need), as declared. */
export async function outlineOf(project: Project, targets: readonly string[]): Promise<Outline> {
  throw new Error(`not there yet: ${project.root} ${targets.join(" ")}`);
}
