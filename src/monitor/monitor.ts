/** Watches the models of a service: collects what its processes counted, writes windows, and says when something is wrong. */

import type { AlarmState, LabelMoments, MonitoringWindow } from "../core/monitoring.ts";
import type { MonitorPolicy } from "../core/monitored.ts";
import { isOfService, judged, withdrawn } from "./alarm.ts";
import type { Collected } from "./collected.ts";
import { figuresOf, RecentIds, type Feedback, type LabelGiven, type Taken } from "./feedback.ts";
import { labelled, NO_LABELS } from "./label.ts";
import { isEmpty, OpenWindow } from "./open-window.ts";
import { emptyPart, type Monitored, type Part } from "./part.ts";
import { noticesOf, type MonitorNotice, type NoticeCode } from "./notice.ts";
import { verdictsOn } from "./verdict.ts";

/** Once `ending` is aborted, somebody waits for the end of the service. */
export type KpisOf = (window: MonitoringWindow, ending: AbortSignal) => Promise<Readonly<Record<string, number>>>;

export interface MonitorRequest {
  readonly policy: MonitorPolicy;
  /** Resolves with what was counted since the last time. */
  readonly collect: () => Promise<Collected>;
  /** SHA-256 of the model in service, hex. */
  readonly live: () => string;
  /** Writes a line; throws what the disk says. */
  readonly write: (window: MonitoringWindow) => void;
  readonly alert: (notice: MonitorNotice) => void;
  /** Figures of the business for a window that ends. */
  readonly kpis: KpisOf | undefined;
  /** The last line that was written, by a service before: its alarms are open still. */
  readonly last: MonitoringWindow | undefined;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
}

/** As many ids as are remembered to count a label once. */
const MOST_IDS = 10_000;
/** As many different figures as a window takes. */
const MOST_KPIS = 100;

export class Monitor {
  readonly #request: MonitorRequest;
  readonly #open = new Map<string, OpenWindow>();
  readonly #models = new Map<string, Monitored>();
  readonly #ids = new RecentIds(MOST_IDS);
  #alarms: readonly AlarmState[];
  /** Of the model that the alarms are about. */
  #judgedDigest: string | undefined;
  #last: MonitoringWindow | undefined;
  #collectedMs: number;
  #turn: Promise<void> = Promise.resolve();
  #unsaid = new Set<string>();
  readonly #ending = new AbortController();

  constructor(request: MonitorRequest) {
    const { last, now } = request;
    this.#request = request;
    this.#alarms = last?.alarms ?? [];
    this.#judgedDigest = last?.model_digest;
    this.#last = last;
    this.#collectedMs = now();
  }

  /** Collects, and ends what is due. Called again and again; each waits for those before. */
  tick(): Promise<void> {
    return this.#inTurn(async () =>
      this.#took(await this.#request.collect(), (open, nowMs, isIdle) => this.#reasonToEnd(open, nowMs, isIdle)),
    );
  }

  /** Whatever is open is written, with what the processes counted last. */
  end(last: Collected): Promise<void> {
    this.#ending.abort();
    return this.#inTurn(() => this.#took(last, () => "end"));
  }

  take({ labels, kpis }: Feedback): Taken {
    const live = this.#models.get(this.#request.live());
    // Until a model was asked there is no window that figures could be of.
    const { labels: measured, repeated, unknown } = this.#labelled(labels);
    return { labels: measured, kpis: live === undefined ? 0 : figured(this.#openOf(live), kpis), repeated, unknown };
  }

  /** What is known of the model in service now: of the open window where enough came, else of the last that was written. */
  current(): { readonly window: MonitoringWindow | undefined; readonly alarms: readonly AlarmState[] } {
    const digest = this.#request.live();
    const open = this.#open.get(digest)?.at(this.#request.now(), { ended: "time", level: this.#request.policy.level });
    const last = this.#last?.model_digest === digest ? this.#last : undefined;
    const isTelling = open !== undefined && open.status !== "insufficient";
    return { window: isTelling ? open : (last ?? open), alarms: this.#alarms };
  }

  #labelled(labels: readonly LabelGiven[]): Omit<Taken, "kpis"> {
    const taken = { labels: 0, repeated: 0, unknown: 0 };
    const nowMs = this.#request.now();
    const sums = new Map<Monitored, LabelMoments>();
    for (const { id, predicted, actual } of labels) {
      const model = [...this.#models.values()].find(({ digest }) => digest.startsWith(predicted.version));
      const became = model === undefined ? "unknown" : this.#ids.isNew(id) ? "labels" : "repeated";
      taken[became] += 1;
      if (model === undefined || became === "repeated") continue;
      const label = {
        predicted: predicted.prediction,
        actual,
        lagSeconds: Math.max(nowMs - predicted.atMs, 0) / 1_000,
      };
      sums.set(model, labelled(sums.get(model) ?? NO_LABELS, label));
    }
    for (const [model, labels] of sums) this.#added(model, { ...emptyPart(model), labels });
    return taken;
  }

  #openOf(model: Monitored): OpenWindow {
    const open = this.#open.get(model.digest) ?? new OpenWindow(model, this.#collectedMs);
    this.#open.set(model.digest, open);
    return open;
  }

  #added(model: Monitored, part: Part): void {
    this.#openOf(model).add(part);
  }

  async #took(
    { parts, usage }: Collected,
    reasonToEnd: (open: OpenWindow, nowMs: number, isIdle: boolean) => MonitoringWindow["ended"] | undefined,
  ): Promise<void> {
    const busy = new Set<string>();
    for (const { model, part } of parts) {
      this.#models.set(model.digest, model);
      if (isEmpty(part)) continue;
      busy.add(model.digest);
      this.#added(model, part);
    }
    const nowMs = this.#request.now();
    this.#collectedMs = nowMs;
    for (const [digest, open] of this.#open) {
      open.used(usage);
      const ended = reasonToEnd(open, nowMs, !busy.has(digest));
      if (ended === undefined) continue;
      this.#open.delete(digest);
      if (!open.isEmpty) await this.#written(open, nowMs, ended);
    }
  }

  #reasonToEnd(open: OpenWindow, nowMs: number, isIdle: boolean): MonitoringWindow["ended"] | undefined {
    const { policy, live } = this.#request;
    // Whoever began on the model before may still end on it; what comes true of it comes for weeks, and shares windows.
    if (open.model.digest !== live() && isIdle && !open.isLate) return "model";
    return open.isDue(nowMs, policy);
  }

  async #written(open: OpenWindow, nowMs: number, ended: MonitoringWindow["ended"]): Promise<void> {
    const { policy, kpis, write } = this.#request;
    const { digest } = open.model;
    if (kpis !== undefined) {
      const window = open.at(nowMs, { ended, level: policy.level });
      const figures = await this.#tried("kpis-failed", digest, () => kpis(window, this.#ending.signal));
      figured(open, Object.entries(figures ?? {}));
    }
    const window = this.#judged(open.at(nowMs, { ended, level: policy.level }));
    this.#last = window;
    await this.#tried("monitoring-not-written", digest, async () => write(window));
    for (const notice of noticesOf(window)) this.#request.alert(notice);
  }

  /** The window with what it makes of the alarms. */
  #judged(window: MonitoringWindow): MonitoringWindow {
    const { policy, live } = this.#request;
    const { model_digest: digest, to } = window;
    const isOther = this.#judgedDigest !== digest;
    // What is still told of an earlier model is no matter for an alarm.
    if (isOther && digest !== live()) return { ...this.#told(window, []), judged: false };
    const start = withdrawn(this.#alarms, (signal) => {
      if (isOther && !isOfService(signal)) return "another model is in service";
      return signal === "latency" && policy.latencySeconds === undefined ? "it has no limit any more" : undefined;
    });
    const { alarms, alerts } = judged(start.alarms, verdictsOn(window, policy), { rule: policy.alarm, at: to });
    this.#alarms = alarms;
    this.#judgedDigest = digest;
    return this.#told(window, [...start.alerts, ...alerts]);
  }

  #told(window: MonitoringWindow, alerts: MonitoringWindow["alerts"]): MonitoringWindow {
    const isAny = this.#alarms.some(({ severity }) => severity !== null);
    return { ...window, alerts, alarms: this.#alarms, status: isAny ? "alert" : window.status };
  }

  /** What fails is said once, until it goes well again. */
  async #tried<T>(code: NoticeCode, digest: string, deed: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await deed();
      this.#unsaid.delete(code);
      return done;
    } catch (error) {
      if (!this.#unsaid.has(code))
        this.#request.alert({ level: "error", code, message: (error as Error).message, digest });
      this.#unsaid.add(code);
      return undefined;
    }
  }

  #inTurn(deed: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(deed);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/** How many were taken: those beyond the limit of a window are not. */
function figured(open: OpenWindow, kpis: Feedback["kpis"]): number {
  const names = new Set(open.kpis);
  const taken = kpis.filter(([name]) => names.has(name) || (names.size < MOST_KPIS && names.add(name)));
  if (taken.length > 0) open.add({ ...emptyPart(open.model), kpis: figuresOf(taken) });
  return taken.length;
}
