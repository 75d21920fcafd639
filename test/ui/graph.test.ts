/** `pipe graph` and `pipe list` in plain text. */

import { expect, test } from "vitest";
import { graphText } from "../../src/ui/graph.ts";
import { listedRules, listText } from "../../src/ui/list.ts";
import { plain } from "../../src/ui/paint.ts";
import { outlineOf, stepOf } from "./states.ts";

const OUTLINE = outlineOf(
  stepOf("ingest", { inputs: ["data/source.csv"], outputs: ["data/raw.csv"] }),
  stepOf("clean", { inputs: ["data/raw.csv", 'a "b".csv'], outputs: ["data/parts/"], needs: ["ingest"] }),
  stepOf("train", { inputs: ["data/parts/x.csv"], outputs: ["model.bin", "metrics.json"], needs: ["clean"] }),
  stepOf("check", { inputs: ["data/raw.csv", "data/parts/"], outputs: [], needs: ["ingest", "clean"] }),
);

test("the tree goes from what nothing needs to the sources, and draws a shared step once", () => {
  expect(graphText(OUTLINE, "tree")).toBe(`train → model.bin, metrics.json
└─ clean → data/parts/
   ├─ ingest → data/raw.csv
   │  └─ data/source.csv
   └─ a "b".csv
check
├─ ingest → data/raw.csv (drawn above)
└─ clean → data/parts/ (drawn above)
`);
});

test("mermaid names every step and source, quotes and all", () => {
  expect(graphText(OUTLINE, "mermaid")).toBe(`flowchart LR
  source0(["data/source.csv"])
  source1(["a #34;b#34;.csv"])
  step0["ingest<br>data/raw.csv"]
  step1["clean<br>data/parts/"]
  step2["train<br>model.bin<br>metrics.json"]
  step3["check"]
  source0 --> step0
  source1 --> step1
  step0 --> step1
  step1 --> step2
  step0 --> step3
  step1 --> step3
`);
});

test("dot does so too", () => {
  expect(graphText(outlineOf(stepOf("clean", { inputs: ['a "b".csv'] })), "dot")).toBe(`digraph pipe {
  rankdir=LR;
  source0 [shape=ellipse, label="a \\"b\\".csv"];
  step0 [shape=box, label="clean\\nclean.txt"];
  source0 -> step0;
}
`);
});

test("JSON is the outline with the version of the format", () => {
  expect(JSON.parse(graphText(OUTLINE, "json"))).toMatchObject({
    v: 1,
    steps: [{ step: "ingest", needs: [] }, {}, {}, {}],
  });
});

test("a tree deeper than the call stack can be drawn", () => {
  const steps = Array.from({ length: 3_000 }, (_, at) => stepOf(`s${at}`, { needs: at === 0 ? [] : [`s${at - 1}`] }));
  expect(graphText(outlineOf(...steps), "tree").split("\n")).toHaveLength(3_001);
});

test("list has a row a rule: what it makes, how many steps, what it is for", () => {
  const rules = listedRules({
    steps: [
      stepOf("clean", { description: "Takes out what is no number", isDefault: true }),
      stepOf("sum:t=a", { outputs: ["a.sum"] }),
      stepOf("sum:t=b", { outputs: ["b.sum"] }),
      stepOf("check", { outputs: [] }),
    ],
    wildcardRules: [
      { rule: "sum", description: undefined, outputs: ["{t}.sum"] },
      { rule: "zip", description: "Packs", outputs: ["{f}.gz"] },
    ],
  });
  expect(listText(rules, plain)).toBe(`clean  clean.txt (default)
       Takes out what is no number
sum    {t}.sum (2 steps)
check  (makes no artifact)
zip    {f}.gz (0 steps)
       Packs
`);
  expect(rules.map((rule) => rule.steps)).toEqual([["clean"], ["sum:t=a", "sum:t=b"], ["check"], []]);
});
