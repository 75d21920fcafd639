/**
 * The prerequisites in a depfile, the fragment of a makefile that compilers write (GNU make manual, 4.2 'Rule Syntax';
 * the escapes are those of `gcc -MD`): `target: one two \` and on. Pure.
 */

/** Each prerequisite once, in the order of the file. */
export function depfilePaths(text: string): readonly string[] {
  const found = new Set<string>();
  for (const line of text.replaceAll(/\\\r?\n/g, " ").split(/\r?\n/)) {
    const words = wordsOf(line);
    const target = words.findIndex((word) => word.isTarget);
    for (const { text: path } of words.slice(target + 1)) found.add(path);
  }
  return [...found];
}

interface Word {
  readonly text: string;
  /** It ended with the colon that ends the targets. */
  readonly isTarget: boolean;
}

// A colon ends the targets only before a blank: `C:` or `a:b` is part of a name. A line without one is no rule.
function wordsOf(line: string): readonly Word[] {
  const rule = line.replace(/(?<!\\)#.*/, "");
  if (!/:(?:\s|$)/.test(rule)) return [];
  const parts = rule.match(/(?:\\[\s#:\\]|\$\$|[^\s#])+/g) ?? [];
  return parts.flatMap((part) => {
    const isTarget = part.endsWith(":") && !part.endsWith("\\:");
    const text = (isTarget ? part.slice(0, -1) : part).replaceAll("$$", "$").replaceAll(/\\([\s#:\\])/g, "$1");
    return text === "" && !isTarget ? [] : [{ text, isTarget }];
  });
}
