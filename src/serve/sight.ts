/** Notices that the files of the model changed, whoever wrote them. */

import { unwatchFile, watchFile } from "node:fs";
import type { ModelPlace } from "./read.ts";

/**
 * Two files are asked for by name, a few times a second: that holds where a watch on them would be lost, as when their
 * folder is removed and made again, or lies on another machine.
 */
const INTERVAL_MS = 200;

/** Calls back after each change; the result ends that. */
export function watchModel({ model, checksum }: ModelPlace, onChange: () => void): () => void {
  const paths = [model, checksum];
  for (const path of paths) watchFile(path, { interval: INTERVAL_MS }, onChange);
  return () => {
    for (const path of paths) unwatchFile(path, onChange);
  };
}
