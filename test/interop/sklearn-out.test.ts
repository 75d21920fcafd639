/** Scikit-learn loads the model as its own LinearRegression, and does with it what it does with those it fitted. */

import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { encodedNames, encodeRow, predict, readModel, type LinearModel, type Row } from "pipefile/model";
import { penguins } from "../../rules/schema.ts";
import { rowsOf } from "../../rules/table.ts";
import { blocksOf } from "../docs/markdown.ts";
import { temporaryFolder } from "../rig/project.ts";
import { runAll, runSerialize, runTrain } from "../rules/context.ts";
import { python } from "./interpreter.ts";

const TARGET = "body_mass_g";
/** Any warning of scikit-learn is an error. */
const STRICT =
  "import warnings; warnings.simplefilter('error', UserWarning); warnings.simplefilter('error', FutureWarning)\n";

/** A project's folder with the pickle for scikit-learn, the model that it is of, and every clean row. */
interface Made {
  readonly folder: string;
  readonly model: LinearModel;
  readonly rows: readonly Row[];
}

async function madeWith({ ridge = 0, sklearnVersion = installedVersion() } = {}): Promise<Made> {
  const { clean } = await runAll();
  const train = await runTrain(clean.at("rows"), { ridge });
  const serialize = await runSerialize(train.at("model"), { format: "sklearn", sklearnVersion });
  const folder = temporaryFolder();
  for (const path of ["data", "model"]) mkdirSync(join(folder, path));
  copyFileSync(clean.at("rows"), join(folder, "data/clean.csv"));
  copyFileSync(train.at("model"), join(folder, "model/model.bin"));
  copyFileSync(serialize.at("pickle"), join(folder, "model/model.pkl"));
  const at = penguins.columns.findIndex(({ name }) => name === TARGET);
  const rows: Row[] = [];
  for await (const row of rowsOf(clean.at("rows"), penguins)) rows.push(row.toSpliced(at, 1));
  return { folder, model: readModel(train.text("model")), rows };
}

const installedVersion = (): string => python(["-c", "import sklearn; print(sklearn.__version__)"]);

/** What a script prints as JSON, given the encoded rows as `x`, their names as `names` and the loaded model as `model`. */
function printed({ folder, model, rows }: Made, script: string): unknown {
  const x = rows.map((row) => encodeRow(model.features, row));
  const before = [
    "import io, json, pickle, sys",
    "import numpy as np, pandas as pd",
    "given = json.load(sys.stdin); x, names = np.array(given['x'], dtype=float), given['names']",
    "with open('model/model.pkl', 'rb') as file: model = pickle.load(file)",
  ].join("\n");
  const input = JSON.stringify({ x, names: encodedNames(model.features) });
  return JSON.parse(python(["-c", `${STRICT}${before}\n${script}`], { cwd: folder, input }));
}

function expectSamePredictions(found: unknown, { model, rows }: Made): void {
  const predictions = found as readonly number[];
  expect(predictions.length).toBe(rows.length);
  rows.forEach((row, at) => {
    const expected = predict(model, row);
    expect(Math.abs((predictions[at] ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
  });
}

test("of a frame with the model's columns it predicts what predict() does, without a warning", async () => {
  const made = await madeWith();
  expectSamePredictions(
    printed(made, "print(json.dumps(model.predict(pd.DataFrame(x, columns=names)).tolist()))"),
    made,
  );
});

test("of an array too", async () => {
  const made = await madeWith();
  const script = "warnings.simplefilter('ignore'); print(json.dumps(model.predict(x).tolist()))";
  expectSamePredictions(printed(made, script), made);
});

test("what docs/model.md shows fills and encodes the rows of a table as the model does", async () => {
  const made = await madeWith();
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/model.md"), "utf8");
  const [, block = ""] = blocksOf(page, "python");
  expect(block).toContain("get_dummies");
  const script = `${STRICT}${block.replace("print(model.predict(x))", "print(json.dumps(model.predict(x).tolist()))")}`;
  expectSamePredictions(JSON.parse(python(["-c", script], { cwd: made.folder })), made);
});

test("its attributes are those of a fitted LinearRegression, with each number as it is in model.bin", async () => {
  const made = await madeWith();
  const attributes = printed(
    made,
    `from sklearn.linear_model import LinearRegression
assert type(model) is LinearRegression
own = LinearRegression().fit(pd.DataFrame(x, columns=names), x[:, 0])
kinds = lambda of: {k: str(type(v)) + str(getattr(v, "dtype", "")) for k, v in vars(of).items() if k not in ("rank_", "singular_")}
assert kinds(model) == kinds(own), (kinds(model), kinds(own))
print(json.dumps({"coef": model.coef_.tolist(), "intercept": model.intercept_, "names": model.feature_names_in_.tolist(), "params": model.get_params(), "repr": repr(model)}))`,
  );
  expect(attributes).toEqual({
    coef: made.model.coefficients,
    intercept: made.model.intercept,
    names: encodedNames(made.model.features),
    params: { copy_X: true, fit_intercept: true, n_jobs: null, positive: false },
    repr: "LinearRegression()",
  });
});

test("it is cloned, fitted again, scored, and pickled by Python itself", async () => {
  const made = await madeWith();
  const found = printed(
    made,
    `from sklearn.base import clone
frame = pd.DataFrame(x, columns=names)
y = model.predict(frame)
again = pickle.loads(pickle.dumps(model))
fitted = clone(model).fit(frame, y)
model.coef_[0] += 0.0
print(json.dumps({
  "cloned": hasattr(clone(model), "coef_"),
  "again": bool((again.predict(frame) == y).all()),
  "fitted": bool(np.allclose(fitted.predict(frame), y)),
  "score": model.score(frame, y),
}))`,
  );
  expect(found).toEqual({ cloned: false, again: true, fitted: true, score: 1 });
});

test("a model with a ridge predicts the same too", async () => {
  const ridge = await madeWith({ ridge: 50 });
  expect(ridge.model.ridge).toBe(50);
  expectSamePredictions(
    printed(ridge, "print(json.dumps(model.predict(pd.DataFrame(x, columns=names)).tolist()))"),
    ridge,
  );
});

test("another version of scikit-learn than the pickle was written for is warned of", async () => {
  const other = await madeWith({ sklearnVersion: "0.24.2" });
  expect(() => printed(other, "print(1)")).toThrow("from version 0.24.2 when using version");
});

test("both readers of Python take the pickle, and it names what is public and nothing else", async () => {
  const made = await madeWith();
  const found = printed(
    made,
    `import pickletools
with open("model/model.pkl", "rb") as file: data = file.read()
pickletools.dis(data, out=io.StringIO())
assert (pickle._loads(data).coef_ == model.coef_).all()
texts, imported = [], set()
for opcode, text, _ in pickletools.genops(data):
    if opcode.name == "STACK_GLOBAL": imported.add(".".join(texts[-2:]))
    if isinstance(text, str): texts.append(text)
print(json.dumps(sorted(imported)))`,
  );
  expect(found).toEqual(["numpy.array", "numpy.float64", "sklearn.linear_model.LinearRegression"]);
});

test("sha256sum accepts its checksum as it does that of the plain one", async () => {
  const { train } = await runAll();
  const serialize = await runSerialize(train.at("model"), { format: "sklearn" });
  const cwd = join(dirname(serialize.at("pickle")), "..");
  const check =
    "import subprocess; print(subprocess.run(['sha256sum', '-c', 'model/checksum.txt'], capture_output=True, text=True).stdout)";
  expect(python(["-c", check], { cwd })).toBe("model/model.pkl: OK");
});
