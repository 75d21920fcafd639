/**
 * What an action finds of the process that it runs in, and what of that it changed. What can be put back is put back;
 * for the rest a worker is replaced.
 */

import childProcess from "node:child_process";
import events from "node:events";
import fs from "node:fs";
import module from "node:module";
import timers from "node:timers";

export interface Scene {
  /** Puts back what can be; true where something else is not as it was, so that no other action may run here. */
  restore(): boolean;
}

/** Captured before any action can replace them. */
const cwd = process.cwd.bind(process);
const chdir = process.chdir.bind(process);
const umask = process.umask.bind(process);
const listeners = process.rawListeners.bind(process);
const removeAllListeners = process.removeAllListeners.bind(process);
const on = process.on.bind(process);

export function sceneNow(): Scene {
  const root = cwd();
  const mask = umask();
  const { title } = process;
  const users = usersNow();
  const handlers = handlersNow();
  const objects = watchedObjects().map(seen);
  return {
    restore() {
      umask(mask);
      if (process.title !== title) process.title = title;
      process.exitCode = undefined;
      restoreHandlers(handlers);
      return (
        !restoreFolder(root) ||
        process.hasUncaughtExceptionCaptureCallback() ||
        usersNow() !== users ||
        objects.some((object) => object.hasChanged())
      );
    },
  };
}

const usersNow = (): string => `${process.geteuid?.()} ${process.getegid?.()}`;

function restoreFolder(root: string): boolean {
  try {
    if (folderNow() !== root) chdir(root);
    return true;
  } catch {
    return false;
  }
}

function folderNow(): string | undefined {
  try {
    return cwd();
  } catch {
    // It was removed.
    return undefined;
  }
}

type Handlers = ReadonlyMap<string | symbol, readonly Function[]>;

const handlersNow = (): Handlers => new Map(process.eventNames().map((name) => [name, listenersOf(name)]));
const listenersOf = (name: string | symbol): readonly Function[] => listeners(name as "exit");

function restoreHandlers(before: Handlers): void {
  for (const name of new Set([...before.keys(), ...process.eventNames()])) {
    const expected = before.get(name) ?? [];
    const found = listenersOf(name);
    if (found.length === expected.length && found.every((each, at) => each === expected[at])) continue;
    removeAllListeners(name);
    for (const each of expected) on(name as "exit", each as () => void);
  }
}

/** Node's own modules among them are those that a worker loads anyway; to load others would make its start slower. */
const watchedObjects = (): readonly object[] => [
  globalThis,
  process,
  console,
  ...[Object, Function, Array, String, Number, RegExp, Date, Promise, Map, Set, Error, Uint8Array, Buffer].flatMap(
    (each) => [each, each.prototype as object],
  ),
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Math,
  JSON,
  Reflect,
  fs,
  fs.promises,
  childProcess,
  events,
  events.prototype,
  timers,
  module,
  (module as unknown as { readonly _extensions: object })._extensions,
  process.stdout,
  process.stderr,
];

interface Seen {
  hasChanged(): boolean;
}

interface Property {
  readonly get?: (this: void) => unknown;
  readonly value?: unknown;
}
type Values = Readonly<Record<string | symbol, unknown>>;

/** An object's properties. Of the process and its streams, which change by themselves, only what is a function counts. */
function seen(object: object): Seen {
  const values = object as Values;
  const isAlive = object === process || object === process.stdout || object === process.stderr;
  const keys = Reflect.ownKeys(object);
  const fixed: (string | symbol)[] = [];
  const lazy = new Map<string | symbol, (this: void) => unknown>();
  for (const key of keys) {
    const found = Object.getOwnPropertyDescriptor(object, key) as Property;
    // Of classes only Node's own internals have getters; of globals, what is not loaded until it is used.
    if (found.get !== undefined && object === globalThis) lazy.set(key, found.get);
    else if (found.get === undefined && (!isAlive || typeof found.value === "function")) fixed.push(key);
  }
  const before = fixed.map((key) => values[key]);
  const isExtensible = Object.isExtensible(object);
  const isSame = (key: string | symbol, at: number): boolean => Object.is(values[key], before[at]);
  return {
    hasChanged: () =>
      Object.isExtensible(object) !== isExtensible ||
      (!isAlive && Reflect.ownKeys(object).length !== keys.length) ||
      !fixed.every(isSame) ||
      ![...lazy].every(([key, get]) => isStillLazy(object, key, get)),
  };
}

/** Node defines some globals when they are first read: a value that the former getter gives as well is no change. */
function isStillLazy(object: object, key: string | symbol, get: (this: void) => unknown): boolean {
  const now: Property | undefined = Object.getOwnPropertyDescriptor(object, key);
  return (
    now !== undefined && (now.get === get || (now.get === undefined && now.value === Reflect.apply(get, object, [])))
  );
}
