/** Numbers as a person reads them; nothing is known of their units. Pure. */

import { format, precisionFixed } from "d3-format";

export const countText = format(",d");
const whole = format(",.0f");
const significant = format(",.4r");
const exponential = format(".3~e");
const share = format(".1f");
/** For shares that are compared. */
export const hundredthsText = format(".2f");

/** Where digits are counted instead of written. */
const isExtreme = (value: number): boolean => value !== 0 && !(Math.abs(value) >= 1e-4 && Math.abs(value) < 1e9);

/** Four significant digits; a whole part, and a whole number, as it is. */
export function numberText(value: number): string {
  if (isExtreme(value)) return exponential(value);
  return Math.abs(value) >= 1000 || Number.isInteger(value) ? whole(value) : significant(value);
}

/** As many decimals as the error leaves two digits of: what is beyond is noise. */
export function textWithin(value: number, error: number): string {
  const decimals = error > 0 ? precisionFixed(error / 10) : Number.POSITIVE_INFINITY;
  if (decimals > 8 || isExtreme(value)) return numberText(value);
  return format(`,.${decimals}f`)(value);
}

/** A share, from 0 to 1, in percent. */
export const percentText = (value: number): string => `${share(100 * value)} %`;

/** `part` of `whole` with its share; without one where there is nothing. */
export const partText = (part: number, of: number): string =>
  `${countText(part)} of ${countText(of)}${of === 0 ? "" : ` (${percentText(part / of)})`}`;

/** How the ticks of an axis are written that reaches from one value to another. */
export function tickFormat(ticks: readonly number[]): (value: number) => string {
  const [first = 0, second = 1] = ticks;
  const largest = Math.max(...ticks.map(Math.abs));
  if (largest >= 1e6 || largest < 1e-3) return format(".3~e");
  return format(`,.${precisionFixed(Math.abs(second - first))}f`);
}
