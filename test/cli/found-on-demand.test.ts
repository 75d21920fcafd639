/** Steps of wildcard rules that nobody names until a running step asks for what they make. */

import { expect, test } from "vitest";
import { ran } from "../rig/events.ts";
import { projectOf } from "../rig/project.ts";

test("what a wildcard rule makes may be asked for by one step after another of the same build", async () => {
  const project = projectOf({
    "1.txt": "1\n",
    "2.txt": "2\n",
    "ask.ts": `import { writeFileSync } from "node:fs";
      export default async ({ outputs, params, depend }: any) => {
        for (const path of params.paths) await depend(path);
        writeFileSync(outputs.o, "done\\n");
      };`,
  });
  const ask = (name: string, paths: string, after = ""): string =>
    `${name}: rule({ inputs: {}, outputs: { o: "${name}" }, params: { paths: ${paths} }, ${after} run: () => import("./ask.ts") })`;
  project.pipefile(
    `{ ${ask("a", '["made/1"]')}, ${ask("b", '["made/1", "made/2"]', 'after: "a",')}, ${ask("c", '["made/2"]', 'after: "b",')},
       made: rule({ inputs: { i: "{n}.txt" }, outputs: { o: "made/{n}" }, run: 'cp "$i" "$o"' }) }`,
  );
  expect(ran(await project.build("-j1"))).toEqual(["a", "b", "c", "made:n=1", "made:n=2"]);
});
