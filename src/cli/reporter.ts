/** Who listens to a build: NDJSON for programs, or text for a person. */

import type { Emit } from "../core/event.ts";
import { jsonReporter } from "../ui/json.ts";
import { paintFor } from "../ui/paint.ts";
import { slowReporter } from "../ui/slow.ts";
import { textReporter } from "../ui/text.ts";
import type { Flags } from "./parse.ts";
import type { Terminal } from "./terminal.ts";

export function reporterFor(flags: Flags, { out, err, env }: Terminal): Emit {
  const write = (text: string): void => void out.write(text);
  if (flags.json === true) return jsonReporter(write);
  const text = textReporter({
    out: write,
    err: (line) => void err.write(line),
    paint: paintFor(out, env),
    errPaint: paintFor(err, env),
    show: flags.quiet === true ? "failures" : flags.explain === true ? "everything" : "work",
  });
  if (flags.quiet === true) return text;
  const slow = slowReporter({ write, after });
  return (event) => {
    slow(event);
    text(event);
  };
}

function after(durationMs: number, call: () => void): () => void {
  const timer = setTimeout(call, durationMs).unref();
  return () => clearTimeout(timer);
}
