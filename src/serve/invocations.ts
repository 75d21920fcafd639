/** `POST /invocations`: rows in the shapes of MLflow's scoring protocol. */

import type { Row } from "../model/schema.ts";
import { answer } from "./answer.ts";
import { reply, type Exchange, type Service } from "./asked.ts";
import { jsonOf, textOf } from "./body.ts";
import { csvRows } from "./csv.ts";
import { predicted } from "./predictions.ts";
import { listed, Problem, shown } from "./problem.ts";
import { columnRows, isObject, listRows, recordRows, type Reading } from "./rows.ts";
import { ownOf, splitRows } from "./shape.ts";

export function invocations(service: Service, exchange: Exchange): void {
  const { mostRows } = service.front;
  reply(service, { exchange, protocol: "mlflow" }, ({ body, format, hosted }) => {
    const rows =
      format === "json"
        ? invokedRows(hosted.reading, jsonOf(body), mostRows)
        : csvRows(hosted.reading, textOf(body), mostRows);
    return predicted(hosted.served, rows, (predictions) =>
      answer(`{"predictions":${JSON.stringify(predictions)}}`, hosted),
    );
  });
}

type Shape = (reading: Reading, value: unknown, mostRows: number) => readonly Row[];

const SHAPES: Readonly<Record<string, Shape>> = {
  dataframe_split: splitRows,
  dataframe_records(reading, value, mostRows) {
    if (!Array.isArray(value)) throw new Problem(400, `dataframe_records is ${shown(value)}, which is no list of rows`);
    return recordRows(reading, value, mostRows);
  },
  instances: valueRows,
  inputs: valueRows,
};
const KEYS = Object.keys(SHAPES);

export function invokedRows(reading: Reading, value: unknown, mostRows: number): readonly Row[] {
  const one = `the body is an object with exactly one of ${listed(KEYS)}`;
  if (!isObject(value)) throw new Problem(400, `${one}; it is ${shown(value)}`);
  const keys = KEYS.filter((key) => Object.hasOwn(value, key));
  const [key] = keys;
  if (key === undefined || keys.length > 1)
    throw new Problem(400, `${one}; it has ${keys.length === 0 ? "none" : keys.join(" and ")}`);
  const params = ownOf(value, "params");
  if (params !== undefined && params !== null && !(isObject(params) && Object.keys(params).length === 0))
    throw new Problem(400, "this model takes no params: leave them away");
  return (SHAPES[key] as Shape)(reading, value[key], mostRows);
}

/** Lists below the names of columns, or a list of rows: objects, lists, or of a model with one column its values. */
function valueRows(reading: Reading, value: unknown, mostRows: number): readonly Row[] {
  if (isObject(value)) return columnRows(reading, listsIn(value), mostRows);
  if (!Array.isArray(value)) throw new Problem(400, `the rows are ${shown(value)}, which is no list`);
  if (isObject(value[0])) return recordRows(reading, value, mostRows);
  const isFlat = reading.inputs.length === 1 && !value.some(Array.isArray);
  return listRows(reading, isFlat ? value.map((each: unknown) => [each]) : value, mostRows);
}

function listsIn(value: Readonly<Record<string, unknown>>): ReadonlyMap<string, readonly unknown[]> {
  return new Map(
    Object.entries(value).map(([name, list]) => {
      if (!Array.isArray(list)) return [name, [list]];
      // A column as numpy writes it, a row for each value.
      return [name, list.map((each: unknown) => (Array.isArray(each) && each.length === 1 ? each[0] : each))];
    }),
  );
}
