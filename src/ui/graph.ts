/** `pipe graph`: an outline drawn as mermaid, dot or JSON; the tree has a file of its own. Pure. */

import type { Outline } from "../core/status.ts";
import { versionedJson } from "./json.ts";
import { madeIn, sourcesOf } from "./source.ts";
import { graphTree } from "./tree.ts";

export const GRAPH_FORMATS = ["tree", "mermaid", "dot", "json"] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

export function graphText(outline: Outline, format: GraphFormat): string {
  return DRAWN[format](outline);
}

const DRAWN: Readonly<Record<GraphFormat, (outline: Outline) => string>> = {
  tree: graphTree,
  mermaid: graphMermaid,
  dot: graphDot,
  json: versionedJson,
};

interface Drawing {
  /** Sources and steps, each with an id that needs no quotes. */
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: "source" | "step";
    readonly lines: readonly string[];
  }[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

function drawingOf(outline: Outline): Drawing {
  const made = madeIn(outline);
  const stepIds = new Map(outline.steps.map((step, index) => [step.step, `step${index}`]));
  const sourceIds = new Map<string, string>();
  const edges: (readonly [string, string])[] = [];
  for (const step of outline.steps) {
    const to = stepIds.get(step.step) ?? "";
    for (const source of sourcesOf(step, made)) {
      const from = sourceIds.get(source) ?? `source${sourceIds.size}`;
      sourceIds.set(source, from);
      edges.push([from, to]);
    }
    for (const need of step.needs) edges.push([stepIds.get(need) ?? need, to]);
  }
  const sources = [...sourceIds].map(([path, id]) => ({ id, kind: "source" as const, lines: [path] }));
  const steps = outline.steps.map((step) => ({
    id: stepIds.get(step.step) ?? "",
    kind: "step" as const,
    lines: [step.step, ...step.outputs],
  }));
  return { nodes: [...sources, ...steps], edges };
}

function graphMermaid(outline: Outline): string {
  const { nodes, edges } = drawingOf(outline);
  const label = (lines: readonly string[]): string => `"${lines.map(mermaidText).join("<br>")}"`;
  const node = { source: (text: string) => `([${text}])`, step: (text: string) => `[${text}]` };
  return [
    "flowchart LR",
    ...nodes.map(({ id, kind, lines }) => `  ${id}${node[kind](label(lines))}`),
    ...edges.map(([from, to]) => `  ${from} --> ${to}`),
    "",
  ].join("\n");
}

// Mermaid reads entities, with `#` in place of `&`.
const mermaidText = (text: string): string => text.replaceAll(/[#"<>&`]/g, (char) => `#${char.codePointAt(0)};`);

function graphDot(outline: Outline): string {
  const { nodes, edges } = drawingOf(outline);
  const shape = { source: "ellipse", step: "box" };
  return [
    "digraph pipe {",
    "  rankdir=LR;",
    ...nodes.map(
      ({ id, kind, lines }) => `  ${id} [shape=${shape[kind]}, label="${lines.map(dotText).join(String.raw`\n`)}"];`,
    ),
    ...edges.map(([from, to]) => `  ${from} -> ${to};`),
    "}",
    "",
  ].join("\n");
}

const dotText = (text: string): string => text.replaceAll(/["\\]/g, String.raw`\$&`);
