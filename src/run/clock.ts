/** The time that an attempt may take; it stands still while the attempt waits for others. */

export interface Clock {
  /** Stops the clock for as long as the promise is pending. */
  during<T>(waiting: Promise<T>): Promise<T>;
  stop(): void;
}

/** A timer's longest delay; one beyond it would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls once the time is over; without a time, never. */
export function clockOf(timeoutMs: number | undefined, onEnd: () => void): Clock {
  let leftMs = timeoutMs ?? Infinity;
  let waits = 0;
  let isStopped = timeoutMs === undefined;
  let sinceMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const halt = (): void => {
    clearTimeout(timer);
    leftMs -= performance.now() - sinceMs;
  };
  const go = (): void => {
    if (isStopped) return;
    sinceMs = performance.now();
    timer = setTimeout(ring, Math.min(Math.max(leftMs, 0), LONGEST_MS));
  };
  const ring = (): void => {
    halt();
    if (leftMs > 1) go();
    else onEnd();
  };

  go();
  return {
    async during(waiting) {
      if (waits++ === 0) halt();
      try {
        return await waiting;
      } finally {
        if (--waits === 0) go();
      }
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
