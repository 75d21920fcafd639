/** Notices that the files of the model changed, whoever wrote them. */

import { basename, dirname } from "node:path";
import { watch, type FSWatcher } from "chokidar";
import type { ModelPlace } from "./read.ts";

export interface Sight {
  readonly onChange: () => void;
  /** What keeps it from seeing, such as that the system has no watches left. */
  readonly onError: (error: Error) => void;
}

/** Calls back after each change; the result ends that. Resolves once it sees, or cannot. */
export async function watchModel({ model, checksum }: ModelPlace, sight: Sight): Promise<() => Promise<void>> {
  const folders = [...new Set([model, checksum].map((path) => dirname(path)))];
  const names = new Set([model, checksum].map((path) => basename(path)));
  // The folders, since a file that is put in the place of another is another file.
  const watcher: FSWatcher = watch(folders, {
    depth: 0,
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !names.has(basename(path)),
  });
  watcher.on("all", sight.onChange);
  await new Promise<void>((resolve) => {
    watcher.once("ready", resolve).on("error", (error) => {
      sight.onError(error as Error);
      resolve();
    });
  });
  return () => watcher.close();
}
