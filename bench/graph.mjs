// The synthetic graphs: which files each step reads. Every step is one `cksum` of its inputs, a line an input.

/** Steps in a layer, and sources below the first. */
const LAYER = 100;

/**
 * `inputsOf(index, width)` names what step `index` reads. Its own text becomes part of the Pipefile, so that all
 * contenders build from one definition; it may use nothing from outside.
 */
export const shapes = {
  wide: {
    about: "n sources, n steps, a step reads its own source",
    sourcesOf: (steps) => steps,
    width: 0,
    inputsOf: (index) => [`source/${index}.txt`],
  },
  layers: {
    about: `layers of ${LAYER} steps, a step reads 2 of the layer below (the first: 2 of ${LAYER} sources)`,
    sourcesOf: () => LAYER,
    width: LAYER,
    inputsOf: (index, width) => {
      const place = index % width;
      const below = index - place - width;
      const pathOf = (column) => (below < 0 ? `source/${column}.txt` : `sum/${below + column}.txt`);
      return [pathOf(place), pathOf((place + 1) % width)];
    },
  },
  chain: {
    about: "one source, a step reads the output of the one before",
    sourcesOf: () => 1,
    width: 0,
    inputsOf: (index) => [index === 0 ? "source/0.txt" : `sum/${index - 1}.txt`],
  },
};

/** Draws a shape: its sources, and its steps with inputs and output. */
export function graphOf(shapeName, size) {
  const { sourcesOf, inputsOf, width } = shapes[shapeName];
  const steps = Array.from({ length: size }, (_, index) => ({
    inputs: inputsOf(index, width),
    output: `sum/${index}.txt`,
  }));
  const sources = Array.from({ length: sourcesOf(size) }, (_, index) => `source/${index}.txt`);
  return { shape: shapeName, size, sources, steps };
}
