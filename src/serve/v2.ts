/** The endpoints of the Open Inference Protocol, version 2, over REST. */

import { answer, jsonAnswer, withHeader, type Answer } from "./answer.ts";
import { reply, type Exchange, type Posted, type Service } from "./asked.ts";
import { jsonOf } from "./body.ts";
import type { Front } from "./front.ts";
import { versionOf } from "./hosted.ts";
import { predicted } from "./predictions.ts";
import { Problem, shown, shownText } from "./problem.ts";
import { isObject } from "./rows.ts";
import type { InputColumn, OutputColumn, Served } from "./served.ts";
import { ownOf } from "./shape.ts";
import { binaryRefused, checkOutputs, datatypeOf, outputTensor, tensorRows } from "./tensor.ts";

/** Which model a path names; without a version it is the one that answers now. */
export interface Named {
  readonly model: string;
  readonly version?: string;
}

export const v2Server = ({ front }: Service): Answer =>
  jsonAnswer({ name: "pipe", version: front.version, extensions: [] });

export const v2Live = (): Answer => jsonAnswer({ live: true });

export const v2Ready = ({ front }: Service): Answer =>
  front.isReady() ? jsonAnswer({ ready: true }) : notReady({ ready: false });

export function v2ModelReady({ front }: Service, named: Named): Answer {
  const { name } = servedAs(front, named);
  return front.isReady() ? jsonAnswer({ name, ready: true }) : notReady({ name, ready: false });
}

export const notReady = (body: object): Answer => withHeader(jsonAnswer(body, 503), "retry-after", "1");

export function v2Model({ front }: Service, named: Named): Answer {
  const { name, served } = servedAs(front, named);
  const { inputs, output } = served.schema;
  return jsonAnswer({
    name,
    versions: [versionOf(served)],
    platform: served.kind,
    inputs: inputs.map((column) => tensorTold(column, [-1])),
    outputs: [tensorTold(output, output.length === undefined ? [-1] : [-1, output.length])],
  });
}

const tensorTold = (column: InputColumn | OutputColumn, shape: readonly number[]): object => ({
  name: column.name,
  datatype: datatypeOf(column),
  shape,
});

function servedAs(front: Front, named: Named): { readonly name: string; readonly served: Served } {
  checkName(front, named);
  const { served } = front.live();
  checkVersion(served, named);
  return { name: front.name, served };
}

function checkName({ name }: Front, { model }: Named): void {
  if (model !== name) throw new Problem(404, `there is no model ${shownText(model)} here: there is ${name}`);
}

const FEWEST_DIGITS = 4;

function checkVersion(served: Served, { version }: Named): void {
  if (version === undefined) return;
  if (version.length >= FEWEST_DIGITS && served.digest.startsWith(version)) return;
  throw new Problem(404, `there is no version ${shownText(version)} here: there is ${versionOf(served)}`);
}

/** Rows as tensors in, predictions as a tensor out. */
export function v2Infer(service: Service, exchange: Exchange, named: Named): void {
  checkName(service.front, named);
  if (exchange.request.headers["inference-header-content-length"] !== undefined) throw binaryRefused();
  reply(service, { exchange, protocol: "v2" }, (posted) => {
    checkVersion(posted.hosted.served, named);
    return inferred(service.front, posted);
  });
}

function inferred({ name, mostRows }: Front, { body, format, hosted }: Posted): Answer | Promise<Answer> {
  if (format !== "json") throw new Problem(415, "send the tensors with content-type: application/json");
  const value = jsonOf(body);
  if (!isObject(value)) throw new Problem(400, `the body is ${shown(value)}, which is no object with inputs`);
  const id = ownOf(value, "id") ?? undefined;
  if (id !== undefined && typeof id !== "string") throw new Problem(400, `the id is ${shown(id)}, which is no text`);
  const { output } = hosted.served.schema;
  checkOutputs(ownOf(value, "outputs"), output);
  const rows = tensorRows(hosted.reading, ownOf(value, "inputs"), mostRows);
  return predicted(hosted.served, rows, (predictions) => {
    const outputs = [outputTensor(output, predictions)];
    return answer(JSON.stringify({ model_name: name, model_version: hosted.version, id, outputs }), hosted);
  });
}
