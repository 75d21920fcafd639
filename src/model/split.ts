/** A seeded hold-out: which rows are kept from training to measure the model on. Pure. */

/** True for the rows that are held out: about `fraction` of them, the same ones for the same seed on every platform. */
export function isHeldOut(row: number, of: { readonly seed: number; readonly fraction: number }): boolean {
  return uniform(of.seed, row) < of.fraction;
}

/** The `index`-th number in [0, 1) of a seed's sequence: splitmix32, a counter put through MurmurHash3's finalizer (Appleby). */
export function uniform(seed: number, index: number): number {
  let bits = (Math.imul(seed, 0x85ebca6b) + Math.imul(index + 1, 0x9e3779b9)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
