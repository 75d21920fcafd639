// Writes THIRD-PARTY-NOTICES: the licences of the packages that are bundled into `dist/`. With --check it only fails
// where the file differs from what it would write.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, root } from "./bundle.mjs";

const path = join(root, "THIRD-PARTY-NOTICES");
const text = noticesOf((await bundle()).packages);

if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
  console.error("THIRD-PARTY-NOTICES differs from what is bundled\n  hint: npm run notices");
  process.exitCode = 1;
}

function noticesOf(folders) {
  const notices = folders.map(noticeOf).toSorted((a, b) => (a < b ? -1 : 1));
  return (
    ["pipefile ships code of these packages inside its own files.", ...new Set(notices)].join(
      `\n\n${"-".repeat(80)}\n\n`,
    ) + "\n"
  );
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const file = readdirSync(join(root, folder)).find((entry) => /^(licen[cs]e|copying)\b/i.test(entry));
  if (file === undefined) throw new Error(`${name}@${version} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, file), "utf8")
    .replaceAll("\r\n", "\n")
    .trim()}`;
}
