/** The template of each path. */

import { expect, test } from "vitest";
import * as fc from "fast-check";
import { ROUTES, routeOf } from "../../src/serve/route.ts";

test.for([
  ["/predict", "/predict"],
  ["/predict?a=1", "/predict"],
  ["/predict/", "/predict"],
  ["/", "/"],
  ["/v2", "/v2"],
  ["/v2/models/a%20b/infer", "/v2/models/{model}/infer"],
  ["/v2/models/a/versions/5e1f/ready?x", "/v2/models/{model}/versions/{version}/ready"],
  ["/v2/models//infer", "other"],
  ["/v2/models/a/b/infer", "other"],
  ["/Predict", "other"],
  ["", "other"],
  ["//", "/"],
] as const)("%s is %s", ([path, template]) => {
  expect(routeOf(path)).toBe(template);
});

test("whatever the path, there are few templates", () => {
  const known = new Set<string>(["other", ...Object.values(ROUTES).map(({ template }) => template)]);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.webPath()), (path) => known.has(routeOf(path))));
});
