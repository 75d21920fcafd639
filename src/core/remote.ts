/** Sources that lie elsewhere: each URL among the inputs becomes a rule of its own that fetches it. Pure. */

import { badUrl } from "./error-url.ts";
import { badRule } from "./error.ts";
import type { CheckedRule } from "./declaration.ts";
import { poolsOf } from "./tokens.ts";

/** What pipe fetched; kept until no rule names it any more. */
const SOURCES = ".pipe/sources";

export const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** The one spelling of a URL, or an error that says what is wrong with it. */
export function checkedUrl(text: string, declaredBy: string): string {
  const refuse = (problem: string): never => {
    throw badUrl({ url: text, declaredBy, problem });
  };
  if (!URL.canParse(text) || !isUrl(text)) return refuse("is no URL of http or https");
  const url = new URL(text);
  // It would stand in every log, record and message.
  if (url.username !== "" || url.password !== "") {
    url.username = url.password = "";
    throw badUrl({ url: url.href, declaredBy, problem: "has a user or a password in it" });
  }
  if (/[{}]/.test(text)) return refuse("has a wildcard; only a path may");
  url.hash = "";
  return url.href;
}

export function refuseUrlAsOutput(rule: string, paths: readonly string[]): void {
  const url = paths.find(isUrl);
  if (url === undefined) return;
  throw badRule({
    rule,
    problem: `makes ${url}, which is a URL`,
    hint: "make a file, and publish it in a rule after it",
  });
}

/**
 * The same rules with a rule before them for each URL, whose file they read in its place. It is retried, and limited, as
 * the first rule says that names the URL. `digestOf` keeps the files of two URLs apart.
 */
export function withFetches(rules: readonly CheckedRule[], digestOf: (text: string) => string): readonly CheckedRule[] {
  const fetches = new Map<string, CheckedRule>();
  const localPath = (url: string, rule: CheckedRule): string => {
    const known = fetches.get(url) ?? fetchRule(url, rule, digestOf(url));
    fetches.set(url, known);
    return known.outputs[0]?.paths[0] ?? "";
  };
  const local = rules.map((rule): CheckedRule => {
    if (!rule.inputs.some(({ paths }) => paths.some(isUrl))) return rule;
    const inputs = rule.inputs.map((slot) => ({
      ...slot,
      paths: slot.paths.map((path) => (isUrl(path) ? localPath(path, rule) : path)),
    }));
    return { ...rule, inputs };
  });
  return fetches.size === 0 ? rules : [...fetches.values(), ...local];
}

function fetchRule(url: string, { policy, tokens }: CheckedRule, digest: string): CheckedRule {
  const folder = `${SOURCES}/${digest.slice(0, 16)}`;
  return {
    name: url,
    inputs: [],
    // The answer says which version the file is: published as one, they never speak of two.
    outputs: [
      { name: "file", paths: [`${folder}/${fileNameIn(url)}`], isList: false },
      { name: "answer", paths: [`${folder}.json`], isList: false },
    ],
    params: {},
    run: url,
    isFetch: true,
    shell: "sh",
    description: undefined,
    env: [],
    passEnv: [],
    tools: {},
    tokens: { cpu: 1, ...poolsOf(tokens) },
    policy: {
      retry: policy.retry && { ...policy.retry, fallback: undefined },
      timeoutMs: policy.timeoutMs,
      isTemporary: false,
      isAlways: false,
      isIsolated: false,
      hasScratch: false,
      hasDepfile: false,
      backup: undefined,
      gate: undefined,
    },
    firstOutput: "file",
    after: [],
    isCached: false,
    wildcards: [],
    patterns: [],
    instances: [],
  };
}

/** What actions recognize a file by is the end of its name. */
function fileNameIn(url: string): string {
  const name = new URL(url).pathname.split("/").findLast((part) => part !== "") ?? "index";
  return name.replaceAll(/[^\w.=,@-]/g, "_").slice(-100);
}
