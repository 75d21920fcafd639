/** `pipe monitor --follow`: each window as it is written, until a signal ends it. */

import type { MonitoringWindow } from "../core/monitoring.ts";
import { JournalTail } from "../monitor/journal-tail.ts";
import { versionedJson } from "../ui/json.ts";
import type { Sheet } from "../ui/monitor.ts";
import { windowText } from "../ui/monitor-line.ts";

export interface Followed {
  readonly root: string;
  /** Of what is there already: what ended since then; the last one alone where that is Infinity. */
  readonly fromMs: number;
  readonly write: (text: string) => unknown;
  /** A line is passed over; told once for each problem. */
  readonly warn: (text: string) => unknown;
  readonly sheet: Sheet;
  readonly isJson: boolean;
}

/**
 * The files are asked a few times a second: that holds where a watch on them would be lost, as when they are rotated, or
 * their folder is made later or lies on another machine.
 */
const LOOK_MS = 200;

/** Ends with the process alone, or with what the disk refuses. */
export function followed({ root, fromMs, write, warn, sheet, isJson }: Followed): Promise<never> {
  const told = new Set<string>();
  const tail = new JournalTail(root, (problem) => {
    if (!told.has(problem)) warn(`reports/monitoring.jsonl: passed over a line: ${problem}\n`);
    told.add(problem);
  });
  const say = (window: MonitoringWindow): void =>
    void write(isJson ? versionedJson(window) : windowText(window, sheet));
  let isFirst = true;
  const look = (): void => {
    let last: MonitoringWindow | undefined;
    for (const window of tail.added()) {
      if (!isFirst || Date.parse(window.to ?? "") >= fromMs) say(window);
      last = window;
    }
    if (isFirst && fromMs === Infinity && last !== undefined) say(last);
    isFirst = false;
  };
  return new Promise((_, reject) => {
    const tried = (): void => {
      try {
        look();
      } catch (error) {
        clearInterval(timer);
        tail.close();
        reject(error);
      }
    };
    const timer = setInterval(tried, LOOK_MS);
    tried();
  });
}
