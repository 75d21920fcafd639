/** `pipe serve`: hosts the model that stands in its place, until it is told to end. */

import { existsSync, readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import manifest from "../../package.json" with { type: "json" };
import { nothingToServe } from "../core/error-service.ts";
import { shortDigest } from "../core/model-version.ts";
import type { Serving } from "../core/served-model.ts";
import { openProject, type Project } from "../project.ts";
import { Alerts, type Notice } from "../serve/alert.ts";
import { configFrom } from "../serve/config.ts";
import { hostingFor } from "../serve/hosting.ts";
import { Kept, pipeFrom } from "../serve/kept.ts";
import { startService, type Service } from "../serve/service.ts";
import type { Config } from "../serve/setting.ts";
import { configText } from "../ui/config.ts";
import { versionedJson } from "../ui/json.ts";
import type { Call } from "./main.ts";
import { noteFrom } from "./note.ts";
import { requestOf, warnings } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

const SETTINGS_FILE = "app.env";

export async function run(call: Call, terminal: Terminal): Promise<number> {
  const { flags, place } = call;
  // Paths of the model, and of the socket, are relative to the root.
  process.chdir(place.root);
  const file = existsSync(SETTINGS_FILE) ? readFileSync(SETTINGS_FILE, "utf8") : undefined;
  const { config, origins } = configFrom({ flags, env: terminal.env, file });
  if (flags["print-config"] === true) {
    terminal.out.write(flags.json === true ? versionedJson({ settings: origins }) : configText(origins));
    return 0;
  }
  const interruption = terminal.interruption();
  interruption.begin();
  if (flags.build === true) {
    const exitCode = await built(call);
    if (exitCode !== 0) return exitCode;
  }
  const alerts = new Alerts({
    root: place.root,
    owner: config.owner ?? "",
    model: "",
    webhook: config.alertWebhook,
    secret: config.alertSecret,
    err: (text) => terminal.err.write(text),
  });
  const service = await started(call, terminal, { config, alert: (notice) => alerts.raise(notice) });
  tell(call, terminal, service);
  await aborted(interruption.signal);
  terminal.err.write("ending: what is in flight is answered first\n");
  await service.stop(config.drainTimeoutMs);
  await alerts.close(config.drainTimeoutMs);
  return 0;
}

/** A process of its own: what building needs does not stay in the service. */
function built({ place, flags }: Call): Promise<number> {
  const entry = process.argv[1] ?? "";
  const args = ["build", "-C", place.root, "--pipefile", place.pipefile, ...(flags.json === true ? ["--json"] : [])];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

async function started(
  call: Call,
  terminal: Terminal,
  of: { readonly config: Config; readonly alert: (notice: Notice) => void },
): Promise<Service> {
  const { root } = call.place;
  const { config, alert } = of;
  const { serving, predictor, folder } = await servedIn(call, terminal);
  const { model, checksum, name, probation } = serving;
  const kept = new Kept({
    root,
    place: { model, checksum },
    unit: folder === undefined ? undefined : { folder },
    who: noteFrom("pinned", "", terminal.env).who,
    pipe: pipeFrom(process.argv[1] ?? "", call.place.pipefile),
  });
  let service: Service | undefined;
  const hosting = hostingFor({
    config,
    name,
    version: manifest.version,
    model: { path: model, predictor },
    alert,
    onFailure: (problem) => terminal.err.write(`the model ${problem}\n`),
    about: () => ({ digest: service?.live() ?? "", isOnProbation: service?.isOnProbation() ?? false }),
  });
  const { onOutcome } = hosting;
  const place = { model, checksum };
  const fleet = (onTried: () => void): ReturnType<typeof hosting.fleet> => hosting.fleet(onTried);
  service = await startService({ root, place, kept, policy: probation, fleet, alert, onOutcome });
  return service;
}

/** What the Pipefile says; nothing of the project is kept open. */
async function servedIn(
  call: Call,
  terminal: Terminal,
): Promise<{ readonly serving: Serving; readonly predictor: string | undefined; readonly folder: string | undefined }> {
  const request = { ...requestOf(call, terminal), access: "read", wait: false, emit: warnings(terminal) } as const;
  const project = await openProject(request);
  try {
    const { serving } = project;
    if (serving === undefined) throw nothingToServe();
    return { serving, predictor: await project.predictor(), folder: folderOf(project, serving) };
  } finally {
    await project[Symbol.asyncDispose]();
  }
}

/** Where versions of the model are kept, if a rule that makes it says so. */
function folderOf({ catalog, units }: Project, { model }: Serving): string | undefined {
  const [maker] = catalog.makersOf(model, new Set());
  return maker && units.unitOf(maker)?.folder;
}

function tell({ flags }: Call, { out }: Terminal, { url, live }: Service): void {
  if (flags.json === true) out.write(versionedJson({ type: "serving", url, pid: process.pid, live: live() }));
  else out.write(`serving ${shortDigest(live())} on ${url} (try it on ${url}/docs)\n`);
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
