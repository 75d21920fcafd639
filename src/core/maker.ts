/** Which step makes a path: each has one, and no output lies in another's way. Pure. */

import { directoriesAbove, isDirectory } from "./artifact.ts";
import type { Step } from "./catalog.ts";
import { madeTwice, outputInside, outputUnderFile } from "./error.ts";

/** By path, the steps that make it; throws where two would. */
export function makersByPath(steps: readonly Step[]): ReadonlyMap<string, Step> {
  const makers = new Map<string, Step>();
  for (const step of steps) {
    for (const slot of step.outputs) {
      for (const path of slot.paths) {
        const first = makers.get(path) ?? makers.get(otherKind(path));
        if (first !== undefined) throw madeTwice({ path, first: first.id, second: step.id });
        makers.set(path, step);
      }
    }
  }
  refuseNested(makers);
  return makers;
}

function refuseNested(makers: ReadonlyMap<string, Step>): void {
  const folders = new Map<string, string>();
  for (const path of makers.keys()) folders.set(path.slice(0, path.lastIndexOf("/", path.length - 2) + 1), path);
  for (const [folder, path] of folders) {
    const file = [folder, ...directoriesAbove(folder)]
      .map((above) => above.slice(0, -1))
      .find((above) => makers.has(above));
    if (file === undefined) continue;
    throw outputUnderFile({ path, step: makers.get(path)?.id ?? "", file, owner: makers.get(file)?.id ?? "" });
  }
  if (![...makers.keys()].some(isDirectory)) return;
  for (const [path, step] of makers) {
    const directory = directoriesAbove(path).find((above) => makers.has(above));
    if (directory === undefined) continue;
    throw outputInside({ path, step: step.id, directory, owner: makers.get(directory)?.id ?? "" });
  }
}

/** Takes the outputs of steps of wildcard rules, which are asked for one of them: the others may be somebody else's. */
export function claimsBeside(makers: ReadonlyMap<string, Step>): (step: Step) => void {
  const claimed = new Map<string, Step>();
  const ownerOf = (path: string): Step | undefined => makers.get(path) ?? claimed.get(path);
  return (step) => {
    for (const path of step.outputs.flatMap((slot) => slot.paths)) {
      const first = ownerOf(path) ?? ownerOf(otherKind(path));
      if (first !== undefined) throw madeTwice({ path, first: first.id, second: step.id });
      const directory = directoriesAbove(path).find((above) => ownerOf(above) !== undefined);
      const owner = directory === undefined ? undefined : ownerOf(directory);
      if (owner !== undefined) throw outputInside({ path, step: step.id, directory: directory ?? "", owner: owner.id });
      claimed.set(path, step);
    }
  };
}

const otherKind = (path: string): string => (isDirectory(path) ? path.slice(0, -1) : `${path}/`);
