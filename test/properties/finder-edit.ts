/** Random edits of a project of finders: of what they read, of what they are told, of what they made, of their rules. */

import type { Ground } from "./edit.ts";
import { definitionOf, LASTING, listOf, OPTIONAL, outputOf, pathFor, type Finder, type Switch } from "./finder.ts";
import type { Memory, Scene } from "./finder-model.ts";

export const KINDS = [
  "source",
  "source",
  "optional",
  "optional",
  "list",
  "list",
  "list-back",
  "back",
  "swap",
  "switch",
  "switch",
  "mark",
  "param",
  "fallback",
  "policy",
  "delete",
  "tamper",
  "touch",
] as const;

export interface FinderEdit {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly way: number;
}

export class FinderWorld {
  readonly #ground: Ground;
  readonly #memory: Memory = { records: new Map(), cached: [] };
  readonly #switches = new Map<string, Switch>();
  readonly #sources = new Map<string, string>();
  /** Texts that sources once had. */
  readonly #earlier: string[] = [];
  #finders: readonly Finder[];
  /** By step, an earlier list. */
  readonly #lists = new Map<string, readonly string[]>();
  #count = 0;

  constructor(ground: Ground, finders: readonly Finder[]) {
    this.#ground = ground;
    this.#finders = finders;
    for (const path of LASTING) this.#write(path, this.#text());
    for (const { name, list } of finders) this.#lists.set(name, list);
    this.#define();
  }

  get scene(): Pick<Scene, "finders" | "sources" | "switches" | "memory"> {
    return { finders: this.#finders, sources: this.#sources, switches: this.#switches, memory: this.#memory };
  }

  edit({ kind, at, way }: FinderEdit): void {
    const { name } = this.#finders[at % this.#finders.length] as Finder;
    const source = LASTING[way % LASTING.length] as string;
    this.#edits[kind]({ name, source, way });
  }

  readonly #edits: Readonly<Record<FinderEdit["kind"], (of: { name: string; source: string; way: number }) => void>> = {
    source: ({ source }) => this.#write(source, this.#text()),
    optional: ({ way }) => this.#comeOrGo(OPTIONAL[way % OPTIONAL.length] as string),
    back: ({ source, way }) => this.#write(source, this.#earlier[way % this.#earlier.length] ?? ""),
    touch: ({ source }) => this.#ground.touch(source),
    swap: () => this.#swap(),
    list: ({ name, way }) => this.#change(name, (finder, at) => ({ list: newList(finder, at, way) })),
    "list-back": ({ name }) => this.#change(name, () => ({ list: this.#lists.get(name) ?? [] })),
    mark: ({ name, way }) => this.#change(name, () => ({ mark: way % 2 === 0 ? "m0" : `m${++this.#count}` })),
    param: ({ name, way }) => this.#change(name, () => ({ param: 1 + 2 * (way % 2) })),
    fallback: ({ name, way }) => this.#change(name, () => ({ fallback: 2 + 2 * (way % 2) })),
    policy: ({ name, way }) => this.#change(name, (finder) => newPolicy(finder, way)),
    switch: ({ name, way }) => this.#tell(name, (["", "fail", "once", "kill"] as const)[way % 4] ?? ""),
    delete: ({ name }) => this.#ground.remove(outputOf(name)),
    tamper: ({ name }) => this.#ground.write(outputOf(name), this.#text(), "kept"),
  };

  /** Letters that never were; a comparison of the beginnings sees no difference between some. */
  #text(): string {
    this.#count += 1;
    return `${this.#count % 3 === 0 ? "same" : "text"} ${this.#count}\n`;
  }

  #write(path: string, text: string): void {
    this.#ground.write(path, text, "new");
    this.#sources.set(path, text);
    this.#earlier.push(text);
  }

  #comeOrGo(path: string): void {
    if (!this.#sources.delete(path)) return this.#write(path, this.#text());
    this.#ground.remove(path);
  }

  #swap(): void {
    const [one = "", other = ""] = LASTING;
    const [first = "", second = ""] = [this.#sources.get(one), this.#sources.get(other)];
    this.#ground.write(one, second, "kept");
    this.#ground.write(other, first, "kept");
    this.#sources.set(one, second).set(other, first);
  }

  #change(name: string, change: (finder: Finder, at: number) => Partial<Finder>): void {
    this.#finders = this.#finders.map((finder, at) =>
      finder.name === name ? { ...finder, ...change(finder, at) } : finder,
    );
    this.#define();
    if (this.#finders.find((finder) => finder.name === name)?.policy === "temp") this.#tell(name, "");
  }

  // A temporary output that could not be made again would be missing for who needs it.
  #tell(name: string, told: Switch): void {
    const { policy } = this.#finders.find((finder) => finder.name === name) ?? {};
    const now = policy === "temp" ? "" : told;
    if (now === (this.#switches.get(name) ?? "")) return;
    this.#switches.set(name, now);
    this.#ground.write(`switch/${name}`, now, "new");
  }

  #define(): void {
    const lists = this.#finders.map((finder) => [`list/${finder.name}`, listOf(finder)] as const);
    for (const [path, text] of [...definitionOf(this.#finders), ...lists])
      if (this.#ground.read(path) !== text) this.#ground.write(path, text, "new");
  }
}

function newList({ list }: Finder, at: number, way: number): readonly string[] {
  if (way % 4 === 0) return list.toReversed();
  if (way % 4 === 1) return list.slice(1);
  return [...list, pathFor(at, way >> 2)].slice(-5);
}

function newPolicy({ isCached, policy }: Finder, way: number): Partial<Finder> {
  if (way % 5 === 0) return { isCached: !isCached };
  const policies = ["none", "fallback", "temp", "always"] as const;
  return { policy: policies[way % 4] ?? policy };
}
