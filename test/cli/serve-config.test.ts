/** The settings of `pipe serve` on the command line: what is printed, what is refused, and that only a service needs them. */

import { describe, expect, test } from "vitest";
import { SETTINGS } from "../../src/serve/setting.ts";
import { temporaryFolder, projectOf, type Project } from "../rig/project.ts";
import { command } from "./command.ts";

const SERVE = `serve: { model: "model/model.pkl", checksum: "model/checksum.txt" }`;

function served(files: Readonly<Record<string, string>> = {}): Project {
  const project = projectOf(files);
  project.pipefile("{}", SERVE);
  return project;
}

interface Told {
  readonly settings: readonly { readonly name: string; readonly value?: string; readonly origin: string }[];
}

describe("pipe serve --print-config", () => {
  test("prints each setting with its origin, and nothing is served or written", async () => {
    const project = served({
      "app.env": "# who to ask\nOWNER='Ada'\nAPI_TOKEN=0123456789abcdef\nMAX_BODY=5MB\n",
    });
    expect(await command(["serve", "--print-config", "--port", "0"], project.root)).toEqual({
      code: 0,
      err: "",
      out: [
        "HOST             127.0.0.1  default",
        "PORT             0          flag --port",
        "WORKERS          1          default",
        "OWNER            Ada        app.env line 2",
        "API_TOKEN        (hidden)   app.env line 3",
        "ALERT_WEBHOOK               not set",
        "ALERT_SECRET                not set",
        "MAX_IN_FLIGHT    256        default",
        "MAX_CONNECTIONS  20000      default",
        "MAX_BODY         5MB        app.env line 4",
        "MAX_ROWS         10000      default",
        "HEADER_TIMEOUT   10s        default",
        "BODY_TIMEOUT     30s        default",
        "IDLE_TIMEOUT     60s        default",
        "LOAD_TIMEOUT     60s        default",
        "PREDICT_TIMEOUT  30s        default",
        "DRAIN_TIMEOUT    10s        default",
        "",
      ].join("\n"),
    });
    expect(project.has("logs")).toBe(false);
  });

  test("prints JSON for programs, where a secret is hidden as well", async () => {
    const webhook = "https://chat.example/hooks/hush";
    const project = served({ "app.env": "PORT=1\n" });
    const { code, stdout } = await project.pipe(["serve", "--print-config"], {
      env: { ALERT_WEBHOOK: webhook, PORT: "2" },
    });
    const { settings, ...rest } = JSON.parse(stdout) as Told;
    expect({ code, rest }).toEqual({ code: 0, rest: { v: 1 } });
    expect(settings.map(({ name }) => name)).toEqual(Object.values(SETTINGS).map(({ name }) => name));
    expect(settings).toContainEqual({ name: "PORT", value: "2", origin: "environment" });
    expect(settings).toContainEqual({ name: "ALERT_WEBHOOK", value: "(hidden)", origin: "environment" });
    expect(settings).toContainEqual({ name: "OWNER", origin: "not set" });
    expect(stdout).not.toContain("hush");
  });

  test("finds app.env beside the Pipefile, from wherever it is asked", async () => {
    const project = served({ "app.env": "PORT=1\n", "deep/below/a.txt": "", "deep/app.env": "PORT=2\n" });
    const { out } = await command(["serve", "--print-config"], project.at("deep/below"));
    expect(out).toContain("PORT             1          app.env line 1\n");
  });
});

describe("pipe serve ends with exit code 2, and says what to type, where", () => {
  test.for([
    [
      "a setting is wrong",
      ["--workers", "many"],
      "",
      "error[bad-setting]: WORKERS (flag --workers) is no whole number",
    ],
    ["a line of app.env is none", [], "PORT\n", "error[bad-setting]: app.env line 1 is no setting"],
    [
      "a setting is misspelt",
      [],
      "\nPROT=1\n",
      "error[unknown-setting]: app.env line 2: there is no setting PROT\n  hint: did you mean PORT?",
    ],
    ["anybody could ask", ["--host", "0.0.0.0"], "", "error[open-host]: HOST 0.0.0.0 (flag --host)"],
  ] as const)("%s", async ([, flags, file, said]) => {
    const { root } = served({ "app.env": file });
    for (const more of [[], ["--print-config"]]) {
      const { code, out, err } = await command(["serve", ...flags, ...more], root);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain(said);
      expect(err).toContain("\n  hint: ");
    }
  });

  test("the Pipefile does not say what to serve", async () => {
    const project = projectOf();
    project.pipefile("{}");
    const { code, out, err } = await command(["serve", "--port", "0"], project.root);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("error[nothing-to-serve]");
  });

  test.for(["null", '{ model: "model/model.pkl" }', '{ model: "a", checksum: "b", probation: { requests: 1 } }'])(
    "the Pipefile says serve: %s",
    async (serve) => {
      const project = projectOf();
      project.pipefile("{}", `serve: ${serve}`);
      for (const name of ["serve", "build", "status"]) {
        const { code, err } = await command([name], project.root);
        expect(code).toBe(2);
        expect(err).toContain("error[bad-option]: pipeline() is given the option 'serve'");
      }
    },
  );

  test("there is no Pipefile", async () => {
    const { code, err } = await command(["serve", "--print-config"], temporaryFolder());
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("error[no-pipefile]") });
  });
});

test("a model that is not there is no service: exit code 4", async () => {
  const { root } = served();
  const { code, out, err } = await command(["serve", "--port", "0"], root);
  expect({ code, out }).toEqual({ code: 4, out: "" });
  expect(err).toContain("error[model-missing]: model/model.pkl does not exist");
});

test("a Pipefile may serve what no rule makes, and the other commands have nothing to do", async () => {
  const { root } = served({ "app.env": "PORT is nobody's business here\n" });
  for (const name of ["build", "status", "list"]) {
    expect(await command([name], root)).toMatchObject({ code: 0, err: "" });
  }
});
