/** A row that the model predicts for, made up from what its schema tells: no row of its training is shown. Pure. */

import type { Cell } from "../model/schema.ts";
import type { InputColumn, OutputColumn, ServedPrediction, ServedSchema } from "./served.ts";

export const exampleRow = ({ inputs }: ServedSchema): Readonly<Record<string, Cell>> =>
  // Unlike an assignment, this makes a property of any name.
  Object.fromEntries(inputs.map((column) => [column.name, exampleCell(column)]));

export function exampleCell({ type, categories, range }: InputColumn): Cell {
  if (type === "category") return categories?.[0] ?? "text";
  return type === "text" ? "text" : middleOf(type, range);
}

export function examplePrediction({ type, range, length }: OutputColumn): ServedPrediction {
  const one = type === "text" ? "text" : middleOf("number", range);
  return length === undefined ? one : Array.from({ length }, () => Number(one));
}

const DIGITS = 4;

/** In the middle of what training saw, with few digits where they lead nowhere else. */
function middleOf(type: "number" | "integer", [least, greatest]: readonly [number, number] = [0, 1]): number {
  const middle = least / 2 + greatest / 2;
  const round = type === "integer" ? Math.round(middle) : Number(middle.toPrecision(DIGITS));
  if (round >= least && round <= greatest) return round + 0;
  return type === "integer" ? Math.round(least) + 0 : least + 0;
}
