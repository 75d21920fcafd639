/** The event stream as NDJSON: one event a line, each with the version of the format. Pure. */

import { EVENT_VERSION, type BuildEvent, type Emit } from "../core/event.ts";

export function jsonReporter(write: (text: string) => void): Emit {
  return (event: BuildEvent) => write(versionedJson(event));
}

/** One line of JSON that says which version of the format it has. */
export function versionedJson(value: object): string {
  return `${JSON.stringify({ v: EVENT_VERSION, ...value })}\n`;
}
