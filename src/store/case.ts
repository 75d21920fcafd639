/** Whether a file system tells names apart that differ in case alone. */

import { lstatSync } from "node:fs";
import { basename, dirname } from "node:path";

/** Asked by a file that is there: is it there by another spelling too? */
export function ignoresCase(file: string): boolean {
  const [here, there] = [file, `${dirname(file)}/${swapped(basename(file))}`].map((each) =>
    lstatSync(each, { throwIfNoEntry: false }),
  );
  return here !== undefined && here.ino === there?.ino && here.dev === there.dev;
}

const swapped = (name: string): string =>
  name.replaceAll(/./g, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
