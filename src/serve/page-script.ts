/** What the page on `/docs` does in a browser: a field for each column, and what the model says of their values. */

export const script = String.raw`
"use strict";
const at = (id) => document.getElementById(id);
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const cells = [];

const authorized = (headers) => {
  const token = at("token");
  return token === null ? headers : { ...headers, authorization: "Bearer " + token.value };
};

async function asked(path, options) {
  const response = await fetch(path, { ...options, headers: authorized(options.headers) });
  const value = await response.json();
  if (!response.ok) throw Object.assign(new Error(value.error), { column: value.column });
  return value;
}

async function showModel() {
  say("");
  try {
    const model = await asked("/model", { headers: {} });
    document.title = model.name;
    at("name").textContent = model.name;
    at("about").textContent =
      "Predicts " + model.schema.output.name + ". A " + model.kind + ", digest " + model.digest.slice(0, 12) +
      ", in service since " + new Date(model.since).toLocaleString() + ".";
    fill(model);
    at("send").disabled = false;
  } catch (error) {
    say(error.message, "wrong");
  }
}

function fill({ schema, example }) {
  cells.length = 0;
  at("fields").replaceChildren(...schema.inputs.map((column, index) => fieldOf(column, index, example)));
  at("form").dataset.output = schema.output.name;
  showCommand();
}

function fieldOf(column, index, example) {
  const id = "column-" + index;
  const isList = column.categories !== undefined;
  const isNumber = column.type === "number" || column.type === "integer";
  const input = isList ? selectOf(column) : make("input", { type: isNumber ? "number" : "text" });
  input.id = id;
  if (isNumber) input.step = column.type === "integer" ? "1" : "any";
  if (!isList) input.value = example[column.name];
  input.setAttribute("aria-describedby", id + "-hint " + id + "-wrong");
  input.addEventListener("input", () => { mark(index, ""); showCommand(); });
  const wrong = make("p", { id: id + "-wrong", className: "wrong" });
  cells.push({ column, input, wrong });
  const field = make("div", {});
  field.append(
    make("label", { htmlFor: id, textContent: column.name }),
    input,
    make("p", { id: id + "-hint", className: "hint", textContent: hintOf(column) }),
    wrong,
  );
  return field;
}

function selectOf(column) {
  const select = make("select", {});
  select.append(...column.categories.map((category) => make("option", { value: category, textContent: category })));
  if (column.isNullable) select.append(make("option", { textContent: "(missing)" }));
  return select;
}

function hintOf({ type, range, isNullable }) {
  const seen = range === undefined ? [] : ["in training " + range[0] + " to " + range[1]];
  const whole = type === "integer" ? ["a whole number"] : [];
  return [...whole, ...seen, ...(isNullable ? ["may be missing"] : [])].join(", ");
}

function valueOf({ column, input }) {
  if (column.categories !== undefined) return column.categories[input.selectedIndex] ?? null;
  if (input.value === "") return null;
  return input.type === "number" ? Number(input.value) : input.value;
}

const rowNow = () => JSON.stringify(Object.fromEntries(cells.map((cell) => [cell.column.name, valueOf(cell)])));

function showCommand() {
  const quoted = rowNow().replaceAll("'", "'\\''");
  const token = at("token") === null ? "" : " -H 'authorization: Bearer …'";
  at("curl").textContent =
    "curl " + location.origin + "/predict -H 'content-type: application/json'" + token + " -d '" + quoted + "'";
}

function mark(index, text) {
  const { input, wrong } = cells[index];
  wrong.textContent = text;
  if (text === "") input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
}

function say(text, className = "") {
  Object.assign(at("answer"), { textContent: text, className });
}

async function predict() {
  cells.forEach((_, index) => mark(index, ""));
  const broken = cells.findIndex(({ input }) => input.validity.badInput);
  if (broken >= 0) return point(broken, cells[broken].column.name + " is no number");
  try {
    const headers = { "content-type": "application/json" };
    const { prediction } = await asked("/predict", { method: "POST", headers, body: rowNow() });
    say(at("form").dataset.output + ": " + [prediction].flat().join(", "));
  } catch (error) {
    const index = cells.findIndex(({ column }) => column.name === error.column);
    if (index < 0) say(error.message, "wrong");
    else point(index, error.message.replace(/^row 1: /, ""));
  }
}

function point(index, text) {
  say("");
  mark(index, text);
  cells[index].input.focus();
}

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  predict();
});
at("unlock")?.addEventListener("submit", (event) => {
  event.preventDefault();
  showModel();
});
if (at("token") === null) showModel();
else at("about").textContent = "It is shown for the token.";
`;
