/**
 * Moves staged outputs to their places, and back where a later one of them is refused: what stood there waits aside in
 * the stage until all are through.
 */

import { chmodSync, copyFileSync, existsSync, linkSync, lstatSync, renameSync } from "node:fs";
import { isDirectory } from "../core/artifact.ts";
import { removeTree } from "./remove.ts";
import type { Move } from "./journal.ts";

/** All of them or none: if one is refused, those before it are undone, and what refused it is thrown. */
export function putAll(root: string, moves: readonly Move[]): void {
  const done: Move[] = [];
  try {
    for (const move of moves) {
      // A lone file is replaced by the rename or is not; nothing of it has to wait.
      put(root, move, moves.length > 1);
      done.push(move);
    }
  } catch (error) {
    for (const move of done.toReversed()) undo(root, move);
    throw error;
  }
  for (const move of moves) if (move.rescue === undefined) removeTree(asideOf(root, move));
}

function put(root: string, move: Move, isOneOfSeveral: boolean): void {
  const [target, aside] = [targetOf(root, move), asideOf(root, move)];
  const old = lstatSync(target, { throwIfNoEntry: false });
  // One directory cannot be renamed over another, nor over a file.
  const isInTheWay = old !== undefined && (old.isDirectory() || isDirectory(move.to));
  const isKept = isOneOfSeveral || move.rescue !== undefined;
  // A kill between the two calls may have left it.
  if (old !== undefined && move.rescue === undefined) removeTree(aside);
  if (isInTheWay) renameWhole(target, aside);
  else if (old !== undefined && isKept) linkOrCopy(target, aside);
  try {
    renameWhole(`${root}/${bare(move.from)}`, target);
  } catch (error) {
    if (isInTheWay) renameWhole(aside, target);
    else if (move.rescue !== undefined) removeTree(aside);
    throw error;
  }
}

/** Takes a move back: what stood there before stands there again, and the new bytes wait in the stage. */
export function undo(root: string, move: Move): void {
  const [target, aside] = [targetOf(root, move), asideOf(root, move)];
  const old = lstatSync(aside, { throwIfNoEntry: false });
  const now = lstatSync(target, { throwIfNoEntry: false });
  const isReplaced = old !== undefined && !old.isDirectory() && now?.isDirectory() !== true;
  if (now !== undefined && !isReplaced) renameWhole(target, `${root}/${bare(move.from)}`);
  if (old !== undefined) renameWhole(aside, target);
}

/** True where what stood at the place of a move still waits aside. */
export const isAside = (root: string, move: Move): boolean => existsSync(asideOf(root, move));

/** A second name for a file's bytes, or a copy where the file system has no such thing. */
function linkOrCopy(file: string, to: string): void {
  try {
    linkSync(file, to);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"].includes(code)) throw error;
    copyFileSync(file, to);
  }
}

/** A directory that its owner may not write to cannot be moved to another folder; it is as it was afterwards. */
export function renameWhole(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const stats = lstatSync(from, { throwIfNoEntry: false });
    const isClosed = stats?.isDirectory() === true && (stats.mode & 0o200) === 0;
    if ((error as NodeJS.ErrnoException).code !== "EACCES" || !isClosed) throw error;
    chmodSync(from, stats.mode | 0o200);
    try {
      renameSync(from, to);
    } catch (again) {
      chmodSync(from, stats.mode);
      throw again;
    }
    chmodSync(to, stats.mode);
  }
}

const bare = (path: string): string => path.replace(/\/$/, "");
const targetOf = (root: string, { to }: Move): string => `${root}/${bare(to)}`;
const asideOf = (root: string, { from, rescue }: Move): string => `${root}/${rescue ?? `${bare(from)}.old`}`;
