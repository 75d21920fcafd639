/** A predictor that says all that one can say. */

import type { ModelPredictor } from "pipefile";

const predictor: ModelPredictor<{ readonly slope: number }> = {
  load: async (bytes, { path, digest }) => ({ slope: bytes.length + path.length + digest.length }),
  schema: () => ({
    inputs: [
      { name: "size", type: "number", nullable: true, range: [0, 10] },
      { name: "rooms", type: "integer" },
      { name: "town", type: "category", categories: ["a", "b"] },
      { name: "note", type: "text" },
    ],
    output: { name: "price", type: "number", length: 2, range: [0, 100] },
    golden: [{ row: { size: null, rooms: 2, town: "a", note: "" }, prediction: [1, 2] }],
    metrics: { rmse: 1 },
  }),
  predict: async ({ slope }, rows) => rows.map(({ size }) => [slope, Number(size)]),
};

export default predictor;
