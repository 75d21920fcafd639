/** What the oracle drives of the engine, bundled as `dist/` is, so that the tool's entries stand beside it. */

export { build } from "../../src/build.ts";
export { statusOf } from "../../src/inspect.ts";
export { openProject } from "../../src/project.ts";
