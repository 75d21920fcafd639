/** The Open Inference Protocol over a socket. */

import { predict, type Row } from "pipefile/model";
import { expect, test } from "vitest";
import { DIGEST, frontOf, hosted, penguin, servedOf } from "../rig/front.ts";

const VERSION = DIGEST.slice(0, 12);
const of = (...row: Row): number => predict(penguin, row);
const tensor = (name: string, datatype: string, data: readonly unknown[], shape = [data.length]): object => ({
  name,
  datatype,
  shape,
  data,
});
const COLUMNS = [
  tensor("island", "BYTES", ["Dream", "Biscoe"]),
  tensor("beak_length_mm", "FP32", [[40.5], [41]], [2, 1]),
  tensor("flipper_length_mm", "UINT8", [190, 200]),
  tensor("sex", "BYTES", ["MALE", null]),
];
const other = (at: number, tensor: object): object => ({ inputs: COLUMNS.with(at, tensor) });
const INFER = "/v2/models/penguins/infer";

test("the server and the model are described", async () => {
  const { get } = await hosted();
  expect((await get("/v2")).json).toEqual({ name: "pipe", version: "0.1.0", extensions: [] });
  expect((await get("/v2/health/live")).json).toEqual({ live: true });
  expect((await get("/v2/health/ready")).json).toEqual({ ready: true });
  const described = {
    name: "penguins",
    versions: [VERSION],
    platform: "linear-regression",
    inputs: [
      { name: "island", datatype: "BYTES", shape: [-1] },
      { name: "beak_length_mm", datatype: "FP64", shape: [-1] },
      { name: "flipper_length_mm", datatype: "INT64", shape: [-1] },
      { name: "sex", datatype: "BYTES", shape: [-1] },
    ],
    outputs: [{ name: "body_mass_g", datatype: "FP64", shape: [-1] }],
  };
  expect((await get("/v2/models/penguins")).json).toEqual(described);
  expect((await get(`/v2/models/penguins/versions/${DIGEST.slice(0, 4)}`)).json).toEqual(described);
  expect((await get(`/v2/models/penguins/versions/${DIGEST}/ready`)).json).toEqual({ name: "penguins", ready: true });
});

test.for([
  ["/v2/models/others", "there is no model 'others' here: there is penguins"],
  ["/v2/models/penguins/versions/1", `there is no version '1' here: there is ${VERSION}`],
  ["/v2/models/penguins/versions/5e1", `there is no version '5e1' here: there is ${VERSION}`],
])("there is nothing at %s", async ([path, error]) => {
  const { get } = await hosted();
  expect(await get(path as string)).toMatchObject({ status: 404, json: { error } });
});

test("a tensor for each column gets a tensor of predictions", async () => {
  const { post } = await hosted();
  const body = {
    id: "42",
    parameters: { binary_data_output: true },
    inputs: [tensor("bird", "INT64", [1, 2]), ...COLUMNS],
    outputs: [{ name: "body_mass_g", parameters: { binary_data: true } }],
  };
  const data = [of("Dream", 40.5, 190, "MALE"), of("Biscoe", 41, 200, null)];
  const expected = {
    model_name: "penguins",
    model_version: VERSION,
    id: "42",
    outputs: [{ name: "body_mass_g", shape: [2], datatype: "FP64", data }],
  };
  expect((await post(INFER, body)).json).toEqual(expected);
  expect((await post(`/v2/models/penguins/versions/${VERSION}/infer`, body)).json).toEqual(expected);
});

test("a single tensor of numbers has the columns in their order, flat or nested", async () => {
  const schema = {
    inputs: ["a", "b"].map((name) => ({ name, type: "number" as const, isNullable: false })),
    output: { name: "y", type: "number" as const, length: 2 },
  };
  const { post } = await hosted(frontOf(servedOf(penguin, { schema, predict: (rows) => rows as number[][] })));
  const flat = tensor("x", "FP64", [1, 2, 3, 4, 5, 6], [3, 2]);
  const nested = tensor(
    "x",
    "INT8",
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    [3, 2],
  );
  for (const input of [flat, nested])
    expect((await post(INFER, { inputs: [input] })).json).toMatchObject({
      outputs: [{ name: "y", shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }],
    });
});

test.for([
  [{ inputs: [] }, "inputs has no tensor"],
  [{}, "inputs is a list of tensors"],
  [[], "the body is a list, which is no object with inputs"],
  [{ id: 1, inputs: COLUMNS }, "the id is 1, which is no text"],
  [{ inputs: COLUMNS, outputs: [{ name: "mass" }] }, "the model has no output 'mass': it has body_mass_g"],
  [{ inputs: COLUMNS.slice(1) }, "the column island is missing"],
  [{ inputs: [...COLUMNS, COLUMNS[0]] }, "the tensor 'island' stands there twice"],
  [other(0, tensor("island", "BOOL", [true, false])), "the tensor island is of BOOL, and the column takes BYTES"],
  [
    other(1, tensor("beak_length_mm", "BYTES", ["1", "2"])),
    "the tensor beak_length_mm is of BYTES, and the column takes FP64",
  ],
  [
    other(1, tensor("beak_length_mm", "FP99", [1, 2])),
    "the tensor 'beak_length_mm' has the datatype 'FP99', which the protocol does not know",
  ],
  [
    other(1, tensor("beak_length_mm", "FP64", [1, 2], [1, 2])),
    "the tensor beak_length_mm has a shape other than [n] and [n, 1]",
  ],
  [
    other(1, tensor("beak_length_mm", "FP64", [1, 2], [3])),
    "the tensor 'beak_length_mm' has 2 values, and its shape has 3",
  ],
  [
    other(1, tensor("beak_length_mm", "INT8", [1, 2.5])),
    "the tensor beak_length_mm has 2.5 in row 2, which is none of INT8",
  ],
  [
    other(2, tensor("flipper_length_mm", "UINT8", [1, -2])),
    "the tensor flipper_length_mm has -2 in row 2, which is none of UINT8",
  ],
  [
    other(2, tensor("flipper_length_mm", "FP64", [1, 2.5])),
    "row 2: flipper_length_mm is 2.5, which is no whole number",
  ],
  [other(3, tensor("sex", "BYTES", ["MALE"])), "sex has 1 values, and island has 2"],
  [
    { inputs: [tensor("x", "FP64", [1, 2, 3, 4], [1, 4])] },
    "island is no number, so a tensor for each column is needed",
  ],
] as const)("%j is refused in the words of the protocol", async ([body, error]) => {
  const { post } = await hosted();
  expect(await post(INFER, body)).toMatchObject({ status: 400, text: JSON.stringify({ error }) });
});

test("tensors in binary are refused with what to do", async () => {
  const { post } = await hosted();
  const error = "tensors in binary are not read: send them as JSON, in tritonclient with binary_data=False";
  const byHeader = await post(INFER, "{}", { "inference-header-content-length": "2" });
  const { data: _, ...rest } = COLUMNS[0] as { data: unknown };
  const byParameter = await post(INFER, { inputs: [{ ...rest, parameters: { binary_data_size: 9 } }] });
  for (const answer of [byHeader, byParameter]) expect(answer).toMatchObject({ status: 415, json: { error } });
});
