/** `pipe serve`: hosts the model that stands in its place, until it is told to end. */

import { existsSync, readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import manifest from "../../package.json" with { type: "json" };
import { nothingToServe } from "../core/error-service.ts";
import { shortDigest } from "../core/model-version.ts";
import type { Serving } from "../core/served-model.ts";
import { openProject, type Project } from "../project.ts";
import { endBundler } from "../run/bundle.ts";
import { Alerts, type Notice } from "../serve/alert.ts";
import { configFrom } from "../serve/config.ts";
import { hostingFor } from "../serve/hosting.ts";
import { Kept, pipeFrom, type Deed } from "../serve/kept.ts";
import { startService, type Service } from "../serve/service.ts";
import type { Config } from "../serve/setting.ts";
import { within } from "../serve/within.ts";
import { configText } from "../ui/config.ts";
import { deedText } from "../ui/deployed.ts";
import { versionedJson } from "../ui/json.ts";
import type { Call } from "./main.ts";
import { noteFrom } from "./note.ts";
import { requestOf, warnings } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

const SETTINGS_FILE = "app.env";

/** This very command. */
const COMMAND = process.argv[1] ?? "";

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
  const said = await unlessTold(servedIn(call, terminal), interruption.signal);
  if (said === undefined) return left();
  const alerts = new Alerts({
    root: place.root,
    owner: config.owner ?? "",
    model: said.serving.model,
    webhook: config.alertWebhook,
    secret: config.alertSecret,
    err: (text) => terminal.err.write(text),
  });
  const alert = (notice: Notice): void => alerts.raise(notice);
  const service = await unlessTold(started(call, terminal, { ...said, config, alert }), interruption.signal);
  if (service === undefined) return left();
  tell(call, terminal, service);
  await aborted(interruption.signal);
  terminal.err.write("ending: what is in flight is answered first\n");
  await service.stop(config.drainTimeoutMs);
  await alerts.close(config.drainTimeoutMs);
  return left();
}

/** Undefined where it is told to end before that. */
async function unlessTold<T>(starting: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const told = aborted(signal).then(() => undefined);
  try {
    return await Promise.race([starting, told]);
  } catch (error) {
    // Ctrl-C reaches the other processes too: that one of them ended is then no news, though it may come first.
    await within(told, NEWS_MS).catch(() => {});
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** What a predictor keeps open, or never gives, does not keep the process. */
function left(): number {
  setTimeout(() => process.exit(0), LEAVING_MS).unref();
  return 0;
}

const LEAVING_MS = 200;
const NEWS_MS = 50;

/** What the Pipefile says of the service. */
interface Said {
  readonly serving: Serving;
  /** Absolute path of the bundle of the module that predicts, where there is one. */
  readonly predictor: string | undefined;
  /** Absolute path of the bundle of the module that gives figures of the business, where there is one. */
  readonly kpis: string | undefined;
  /** Where versions of the model are kept, if they are. */
  readonly folder: string | undefined;
}

/** A process of its own: what building needs does not stay in the service. */
function built({ place, flags }: Call): Promise<number> {
  const args = ["build", "-C", place.root, "--pipefile", place.pipefile, ...(flags.json === true ? ["--json"] : [])];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

function started(
  call: Call,
  terminal: Terminal,
  of: Said & { readonly config: Config; readonly alert: (notice: Notice) => void },
): Promise<Service> {
  const { root } = call.place;
  const { config, alert, serving, predictor, kpis, folder } = of;
  const { model, checksum, name, probation, monitor } = serving;
  const place = { model, checksum };
  const kept = new Kept({
    root,
    place,
    unit: folder === undefined ? undefined : { folder },
    who: noteFrom("pinned", "", terminal.env).who,
    onDeed(done, unlogged) {
      tellDeed(call, terminal, done);
      if (unlogged !== undefined) alert({ level: "warning", code: "deploy-not-logged", message: unlogged });
    },
    pipe: pipeFrom(COMMAND, call.place.pipefile),
  });
  const hosting = hostingFor({
    root,
    config,
    name,
    version: manifest.version,
    model: { path: model, predictor },
    monitor,
    kpis,
    alert,
    onFailure: (problem) => terminal.err.write(`the model ${problem}\n`),
  });
  const { onOutcome, host } = hosting;
  return startService({ root, place, at: config, kept, policy: probation, host, alert, onOutcome });
}

/** Nothing of the project is kept open. */
async function servedIn(call: Call, terminal: Terminal): Promise<Said> {
  const request = { ...requestOf(call, terminal), access: "read", wait: false, emit: warnings(terminal) } as const;
  const project = await openProject(request);
  try {
    const { serving } = project;
    if (serving === undefined) throw nothingToServe();
    return {
      serving,
      predictor: await project.predictor(),
      kpis: await project.kpis(),
      folder: folderOf(project, serving),
    };
  } finally {
    await project[Symbol.asyncDispose]();
    await endBundler();
  }
}

/** Where versions of the model are kept, if a rule that makes it says so. */
function folderOf({ catalog, units }: Project, { model }: Serving): string | undefined {
  const [maker] = catalog.makersOf(model, new Set());
  return maker && units.unitOf(maker)?.folder;
}

function tell({ flags }: Call, { out }: Terminal, service: Service): void {
  const { url } = service;
  const live = service.live();
  if (flags.json === true) out.write(versionedJson({ type: "serving", url, pid: process.pid, live }));
  else out.write(`serving ${shortDigest(live)} on ${url} (try it on ${url}/docs)\n`);
}

/** That it began was told. */
function tellDeed({ flags }: Call, { out, err }: Terminal, { deed, digest, from, reason }: Deed): void {
  if (deed === "serve") return;
  if (flags.json === true) out.write(versionedJson({ type: deed, digest, from, reason }));
  else {
    const text = deedText({ deed, digest, from });
    if (text !== undefined) err.write(`${text}\n`);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
