/** The text of Pipefiles and rules for tests. Pure. */

const HEADER = `
import { glob, pipeline, rule } from "pipefile";
const counting = (name: string, command: string) => \`echo "\${name}" >> "$RUNS"\\n\${command}\`;
`;

/** A Pipefile with these rules. In it, `counting(name, command)` is the command, which first adds the name to $RUNS. */
export function pipefileOf(rules: string, options = ""): string {
  return `${HEADER}export default pipeline(${rules}, { passEnv: ["RUNS", "TEST_*"], ${options} });\n`;
}

/** A Pipefile that declares rules by name first, for those that need `.for()`. */
export const pipefileWith = (declarations: string, rules: string): string =>
  pipefileOf(rules).replace("export default", `${declarations}\nexport default`);

/** The text of an action's module, which adds the name to $RUNS; `body` sees what an action is given. */
export const actionOf = (name: string, body: string, head = ""): string => `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
${head}
export default async ({ inputs, outputs, params, wildcards, log, metric, progress }: any) => {
  appendFileSync(process.env.RUNS ?? "", "${name}\\n");
  ${body}
};
`;
