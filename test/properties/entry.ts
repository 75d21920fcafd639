/** What the oracle drives of the engine, bundled as `dist/` is, so that the tool's entries stand beside it. */

export { main } from "../../src/cli/main.ts";
