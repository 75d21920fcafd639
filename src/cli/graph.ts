/** `pipe graph`: the graph of steps and sources, drawn. */

import { outlineOf } from "../inspect.ts";
import { GRAPH_FORMATS, graphText } from "../ui/graph.ts";
import type { Call } from "./main.ts";
import { reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, shown: Terminal): Promise<number> {
  return reading(call, shown, async ({ project, targets, terminal }) => {
    const format = GRAPH_FORMATS.find((known) => known === call.flags.format) ?? "tree";
    terminal.out.write(graphText(await outlineOf(project, targets), format));
    return 0;
  });
}
