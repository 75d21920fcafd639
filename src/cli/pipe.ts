#!/usr/bin/env node
/** The command `pipe`. It does no more than turn on Node's compile cache before the rest is loaded. */

import module from "node:module";

// Node 22 has it; the typings are those of Node 20.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
const { start } = await import("./start.ts");
await start(import.meta.url);
