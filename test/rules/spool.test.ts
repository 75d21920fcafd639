/** Examples put aside as numbers come back as they were, as often as they are asked for. */

import * as fc from "fast-check";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Example } from "../../rules/examples.ts";
import { Spool } from "../../rules/spool.ts";
import type { Cell, FeatureColumn } from "pipefile/model";
import { temporaryFolder } from "../rig/project.ts";

const columns: readonly FeatureColumn[] = [
  { name: "sex", type: "category" },
  { name: "mass", type: "number" },
];
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const example: fc.Arbitrary<Example> = fc.record({
  row: fc.tuple<[Cell, Cell]>(fc.option(fc.string({ maxLength: 2 })), fc.option(finite)),
  target: finite,
  isHeldOut: fc.boolean(),
});

function spooled(examples: Iterable<Example>): { readonly spool: Spool; readonly place: string } {
  const place = join(temporaryFolder(), "examples");
  const spool = new Spool(place, columns);
  for (const each of examples) spool.add(each);
  return { spool, place };
}

test("whatever is put aside is read as it was, twice", () => {
  fc.assert(
    fc.property(fc.array(example), (examples) => {
      const { spool } = spooled(examples);
      expect([...spool]).toEqual(examples);
      expect([...spool]).toEqual(examples);
      const texts = examples.flatMap(({ row: [sex] }) => (typeof sex === "string" ? [sex] : []));
      expect(spool.categoriesOf(0)).toEqual([...new Set(texts)]);
      spool.close();
    }),
  );
});

test("more than is held at once, with some added after a reading", () => {
  const examples = Array.from({ length: 10_000 }, (_, at): Example => ({
    row: [`c${at % 5}`, at % 3 === 0 ? null : at / 7],
    target: at,
    isHeldOut: at % 4 === 0,
  }));
  const { spool, place } = spooled(examples.slice(0, 5000));
  expect([...spool].length).toBe(5000);
  for (const each of examples.slice(5000)) spool.add(each);
  expect([...spool]).toEqual(examples);
  expect(statSync(place).size).toBe(10_000 * 4 * 8);
  spool.close();
});

test("a column of too many texts is refused by name, before they are many more", () => {
  const endless = function* (): Generator<Example> {
    for (let at = 0; ; at++) yield { row: [`c${at}`, 1], target: 1, isHeldOut: false };
  };
  expect(() => spooled(endless())).toThrow("the column 'sex' has more than 1000 categories: is it a text?");
});
