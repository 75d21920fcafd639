/** The rows and the predictions as tensors of the Open Inference Protocol. Pure. */

import type { Row } from "../model/schema.ts";
import { Problem, listed, shown, shownText } from "./problem.ts";
import { columnRows, isObject, listRows, type Reading } from "./rows.ts";
import type { InputColumn, OutputColumn, ServedPrediction } from "./served.ts";
import { ownOf } from "./shape.ts";

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  /** Flat, in row-major order. */
  readonly data: readonly unknown[];
}

const DATATYPES = { number: "FP64", integer: "INT64", category: "BYTES", text: "BYTES" } as const;
export const datatypeOf = ({ type }: InputColumn | OutputColumn): string => DATATYPES[type];

const NUMBERS = /^(?:U?INT(?:8|16|32|64)|FP(?:16|32|64))$/;
const KNOWN = /^(?:BOOL|BYTES|U?INT(?:8|16|32|64)|FP(?:16|32|64))$/;

/** One tensor for each column, or where all are numbers a single one of `[n, columns]`. */
export function tensorRows(reading: Reading, inputs: unknown, mostRows: number): readonly Row[] {
  if (!Array.isArray(inputs)) throw new Problem(400, "inputs is a list of tensors");
  const tensors = inputs.map(tensorOf);
  const [first] = tensors;
  if (first === undefined) throw new Problem(400, "inputs has no tensor");
  if (tensors.length === 1 && isMatrix(first, reading)) return matrixRows(reading, first, mostRows);
  const lists = new Map<string, readonly unknown[]>();
  for (const tensor of tensors) {
    if (lists.has(tensor.name)) throw new Problem(400, `the tensor ${shownText(tensor.name)} stands there twice`);
    const column = reading.inputs.find(({ name }) => name === tensor.name);
    if (column !== undefined) checkColumn(column, tensor);
    lists.set(tensor.name, tensor.data);
  }
  return columnRows(reading, lists, mostRows);
}

const isMatrix = ({ name, shape }: Tensor, { inputs }: Reading): boolean =>
  shape.length === 2 && shape[1] === inputs.length && !(inputs.length === 1 && inputs[0]?.name === name);

function matrixRows(reading: Reading, { name, shape, data, datatype }: Tensor, mostRows: number): readonly Row[] {
  const other = reading.inputs.find((column) => datatypeOf(column) === "BYTES");
  if (other !== undefined)
    throw new Problem(400, `${other.name} is no number, so a tensor for each column is needed`, { column: other.name });
  if (!NUMBERS.test(datatype))
    throw new Problem(400, `the tensor ${shownText(name)} is of ${datatype}, and holds numbers`);
  const [count = 0, width = 0] = shape;
  return listRows(
    reading,
    Array.from({ length: count }, (_, at) => data.slice(at * width, (at + 1) * width)),
    mostRows,
  );
}

function checkColumn(column: InputColumn, { shape, datatype, data }: Tensor): void {
  const { name } = column;
  const refuse = (why: string): never => {
    throw new Problem(400, `the tensor ${name} ${why}`, { column: name });
  };
  if (!(shape.length === 1 || (shape.length === 2 && shape[1] === 1))) refuse(`has a shape other than [n] and [n, 1]`);
  const isFit = datatypeOf(column) === "BYTES" ? datatype === "BYTES" : NUMBERS.test(datatype);
  if (!isFit) refuse(`is of ${datatype}, and the column takes ${datatypeOf(column)}`);
  if (!datatype.startsWith("FP") && datatype !== "BYTES") {
    const least = datatype.startsWith("U") ? 0 : -Infinity;
    const odd = data.findIndex((each) => typeof each === "number" && !(Number.isInteger(each) && each >= least));
    if (odd >= 0) refuse(`has ${shown(data[odd])} in row ${odd + 1}, which is none of ${datatype}`);
  }
}

function tensorOf(value: unknown): Tensor {
  if (!isObject(value)) throw new Problem(400, `a tensor is ${shown(value)}, which is no object`);
  const [name, shape, datatype] = [ownOf(value, "name"), ownOf(value, "shape"), ownOf(value, "datatype")];
  if (typeof name !== "string") throw new Problem(400, "a tensor has no name");
  const said = `the tensor ${shownText(name)}`;
  const parameters = ownOf(value, "parameters");
  if (isObject(parameters) && Object.hasOwn(parameters, "binary_data_size")) throw binaryRefused();
  if (typeof datatype !== "string" || !KNOWN.test(datatype))
    throw new Problem(400, `${said} has the datatype ${shown(datatype)}, which the protocol does not know`);
  if (!isShape(shape)) throw new Problem(400, `${said} has no shape: a list of whole numbers`);
  const data = flatOf(ownOf(value, "data"), said);
  const count = shape.reduce((product, length) => product * length, 1);
  if (count !== data.length) throw new Problem(400, `${said} has ${data.length} values, and its shape has ${count}`);
  return { name, shape, datatype, data };
}

const isShape = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each) => Number.isSafeInteger(each) && (each as number) >= 0);

/** Rows may be lists in the list; deeper, no shape that is taken goes. */
function flatOf(data: unknown, said: string): readonly unknown[] {
  if (!Array.isArray(data)) throw new Problem(400, `${said} has no data: a list of values`);
  return data.some(Array.isArray) ? data.flat(1) : data;
}

export const binaryRefused = (): Problem =>
  new Problem(415, "tensors in binary are not read: send them as JSON, in tritonclient with binary_data=False");

/** The predictions as the only output. */
export function outputTensor(output: OutputColumn, predictions: readonly ServedPrediction[]): Tensor {
  const shape = output.length === undefined ? [predictions.length] : [predictions.length, output.length];
  return { name: output.name, shape, datatype: datatypeOf(output), data: predictions.flat(1) };
}

/** Throws where other outputs are asked for than there are. */
export function checkOutputs(outputs: unknown, { name }: OutputColumn): void {
  if (outputs === undefined) return;
  const asked = Array.isArray(outputs) ? outputs.map((each) => (isObject(each) ? ownOf(each, "name") : each)) : [null];
  const other = asked.find((each) => each !== name);
  if (other !== undefined) throw new Problem(400, `the model has no output ${shown(other)}: it has ${listed([name])}`);
}
