/** Steps that nobody names until a running one asks for what they make. */

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

test("what the last run of a forced step asked for is left alone", async () => {
  const project = projectOf({
    "1.txt": "1\n",
    "ask.ts": `import { existsSync, writeFileSync } from "node:fs";
      export default async ({ outputs, depend }: any) => {
        if (!existsSync("../told")) await depend("one");
        writeFileSync(outputs.o, "done\\n");
      };`,
  });
  project.pipefile(
    `{ ask: rule({ inputs: {}, outputs: { o: "ask" }, run: () => import("./ask.ts") }),
       one: rule({ inputs: { i: "1.txt" }, outputs: { o: "one" }, run: 'cp "$i" "$o"' }) }`,
  );
  await project.build("ask");
  project.write("../told", "");
  project.write("1.txt", "2\n");
  expect(ran(await project.build("ask", "--force"))).toEqual(["ask"]);
});
