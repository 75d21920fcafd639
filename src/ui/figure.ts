/** Figures of monitoring, as short as they can be read. Pure. */

import { formatDuration, formatSize } from "./format.ts";
import type { Signal } from "./signal.ts";

/** Three digits that matter. */
export function shortNumber(value: number): string {
  return Math.abs(value) >= 1_000 ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)));
}

export const percent = (share: number): string => `${shortNumber(share * 100)} %`;

export const grouped = (value: number): string =>
  Math.abs(value) < 1e15 ? String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",") : value.toPrecision(3);

const FORMATS: Readonly<Record<Signal["unit"], (value: number) => string>> = {
  psi: (value) => `psi ${shortNumber(Number(value.toFixed(3)))}`,
  share: percent,
  count: shortNumber,
  rmse: (value) => `rmse ${shortNumber(value)}`,
  number: shortNumber,
  seconds: (value) => (value < 0.01 ? `${shortNumber(value * 1_000)} ms` : formatDuration(value * 1_000)),
  bytes: formatSize,
};

export const figureText = (value: number | null, unit: Signal["unit"]): string =>
  value === null ? "-" : FORMATS[unit](value);

/** What a figure is held against. */
export function usualText({ usual, unit }: Signal): string {
  if (usual === null) return "";
  return unit === "psi" ? `< ${shortNumber(Number(usual.toFixed(3)))}` : figureText(usual, unit);
}

/** To the minute, in UTC. */
export const minuteText = (iso: string): string => iso.slice(0, 16).replace("T", " ");
