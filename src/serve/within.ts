/** Waits for what may never come. Pure but for the clock. */

/** What was waited for did not come within its limit. */
export class TooLate extends Error {
  override readonly name = "TooLate";

  constructor(limitMs: number) {
    super(`there was no answer within ${limitMs / 1_000} s`);
  }
}

/** The same, or a {@link TooLate} where it takes longer; what comes after that is nobody's. */
export function within<T>(awaited: PromiseLike<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TooLate(limitMs)), limitMs);
    awaited.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: Error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
