/** Damages bytes as disks, networks and attackers do. Pure, given its random numbers. */

/** A damaged copy. `random` gives numbers in [0, 1). */
export function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  let now = Buffer.from(bytes);
  for (let left = 1 + Math.floor(3 * random()); left > 0; left--) now = Buffer.from(step(now, random));
  return now;
}

function step(bytes: Buffer, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const end = Math.min(bytes.length, at + 1 + Math.floor(random() * 24));
  const other = Math.floor(random() * bytes.length);
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (Math.floor(random() * 7)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, part, part, after]);
    case 3:
      return Buffer.concat([before, bytes.subarray(other, other + part.length), after]);
    case 4:
      return Buffer.concat([before, Buffer.from(part.map(() => Math.floor(random() * 256))), after]);
    case 5:
      return Buffer.concat([before, Buffer.of(Math.floor(random() * 256)), part, after]);
    default:
      return flipped(bytes, at, Math.floor(random() * 8));
  }
}

function flipped(bytes: Buffer, at: number, bit: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

/** A small generator of its own, so that a seed alone repeats a run: mulberry32, by Tommy Ettinger (public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
