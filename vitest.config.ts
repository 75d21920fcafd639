import { defineConfig } from "vitest/config";

const project = (name: string, folders: readonly string[]) => ({
  extends: true as const,
  test: { name, include: folders.map((folder) => `test/${folder}/**/*.test.ts`) },
});

export default defineConfig({
  // A test that imports "pipefile" gets the sources, as the compiler does.
  ssr: { resolve: { conditions: ["pipefile-source", "module", "node", "development|production"] } },
  test: {
    projects: [
      project("unit", ["core", "properties", "model", "rules", "store", "run", "ui", "build", "serve", "monitor"]),
      project("cli", ["cli", "docs", "package", "lint"]),
      project("interop", ["interop"]),
    ],
    // Processes, not threads: tests change the working directory, and what they start must die with them.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Node reads NODE_EXTRA_CA_CERTS at each start, which triples the time of a short process.
    env: { NO_COLOR: "1", NODE_EXTRA_CA_CERTS: "", FORCE_COLOR: "" },
  },
});
