/** What processes counted since they were asked last. Pure. */

import type { Monitored, Part } from "./part.ts";
import type { Usage } from "./window.ts";

export interface Collected {
  /** Of a model that is in service in several processes there are several. */
  readonly parts: readonly { readonly model: Monitored; readonly part: Part }[];
  /** The most of any process. */
  readonly usage: Usage;
}

export const NOTHING_COLLECTED: Collected = { parts: [], usage: { rssBytes: 0, lagSeconds: 0 } };

export const collectedTogether = (all: readonly Collected[]): Collected => ({
  parts: all.flatMap(({ parts }) => parts),
  usage: {
    rssBytes: Math.max(0, ...all.map(({ usage }) => usage.rssBytes)),
    lagSeconds: Math.max(0, ...all.map(({ usage }) => usage.lagSeconds)),
  },
});
