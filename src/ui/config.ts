/** The settings of a service, each with where it comes from. Pure. */

interface Origin {
  readonly name: string;
  readonly value: string | undefined;
  readonly origin: string;
}

/** One line a setting. */
export function configText(origins: readonly Origin[]): string {
  const widths = [origins.map(({ name }) => name), origins.map(({ value = "" }) => value)].map((texts) =>
    Math.max(...texts.map(({ length }) => length)),
  );
  const [nameWidth = 0, valueWidth = 0] = widths;
  return origins
    .map(({ name, value = "", origin }) => `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${origin}\n`)
    .join("");
}
