/** docs/serve.md, app.env.example and the table of settings: none knows what the others do not. */

import { expect, test } from "vitest";
import { configFrom } from "../../src/serve/config.ts";
import { SETTINGS, type Setting } from "../../src/serve/setting.ts";
import { textOf } from "./checkout.ts";
import { blocksOf, sectionOf, tableOf } from "./markdown.ts";

const settings: readonly Setting<unknown>[] = Object.values(SETTINGS);
const section = sectionOf(textOf("docs/serve.md"), "Settings");
const example = textOf("app.env.example");
const span = (text: string | undefined): string => (text === undefined ? "" : `\`${text}\``);

test("every setting is documented as it is, and no other", () => {
  expect(tableOf(section)).toEqual(
    settings.map(({ name, flag, fallback, description, expected }) => [
      span(name),
      span(flag && `--${flag}`),
      span(fallback),
      description,
      expected,
    ]),
  );
});

test("app.env.example has every setting, with what it is for and its default", () => {
  const entries = [...example.matchAll(/^# (.+)\n#([A-Z_]+)=(.*)$/gm)].map(([, ...entry]) => entry);
  expect(entries).toEqual(settings.map(({ name, fallback = "", description }) => [description, name, fallback]));
});

test("app.env.example changes nothing, and none of its lines does without its #", () => {
  const { config } = configFrom({ flags: {}, env: {}, file: undefined });
  expect(configFrom({ flags: {}, env: {}, file: example }).config).toEqual(config);
  const taken = example.replaceAll(/^#(?=[A-Z_]+=)/gm, "");
  expect(configFrom({ flags: {}, env: {}, file: taken }).config).toEqual(config);
});

test("the settings that are shown are shown as they are printed, in their order", () => {
  const [shown = ""] = blocksOf(section, "");
  const names = shown
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(" ")[0]);
  expect(names).toEqual(settings.map(({ name }) => name));
});

test("every secret is said to be one", () => {
  const secrets = settings.filter(({ isSecret = false }) => isSecret).map(({ name }) => span(name));
  const [, said = ""] = /^(.*) are secrets/m.exec(section) ?? [];
  expect(said.split(/, | and /)).toEqual(secrets);
});
