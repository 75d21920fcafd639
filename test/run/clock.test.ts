/** An attempt's time stands still while it waits for others. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clockOf } from "../../src/run/clock.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("it ends after its time, and not once it was stopped", () => {
  const onEnd = vi.fn<() => void>();
  clockOf(1000, onEnd);
  clockOf(1000, onEnd).stop();
  clockOf(undefined, onEnd);
  vi.advanceTimersByTime(999);
  expect(onEnd).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100_000);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test("what is waited for takes none of it, also twice at once", async () => {
  const onEnd = vi.fn<() => void>();
  const clock = clockOf(1000, onEnd);
  vi.advanceTimersByTime(600);
  const release: (() => void)[] = [];
  const waits = [1, 2].map(() => clock.during(new Promise<void>((resolve) => release.push(resolve))));
  vi.advanceTimersByTime(5000);
  release[0]?.();
  await waits[0];
  vi.advanceTimersByTime(5000);
  release[1]?.();
  await waits[1];
  vi.advanceTimersByTime(399);
  expect(onEnd).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test("a time longer than a timer can take is kept", () => {
  const onEnd = vi.fn<() => void>();
  clockOf(2 ** 31 + 1000, onEnd);
  vi.advanceTimersByTime(2 ** 31);
  expect(onEnd).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2000);
  expect(onEnd).toHaveBeenCalledTimes(1);
});
