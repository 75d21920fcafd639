import type { ModelPredictor } from "pipefile";

const predictor: ModelPredictor<number> = { // error: Property 'predict' is missing
  load: (bytes) => bytes.length,
  schema: () => ({ inputs: [{ name: "x", type: "number" }], output: { name: "y", type: "number" } }),
};

export default predictor;
