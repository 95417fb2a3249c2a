// A form as a dialog: errors stand beside their field, and what was filled in is kept after a refusal.

import { button, make, say } from "./line.js";

const dialog = document.getElementById("asked");
let opener = null;
dialog.addEventListener("close", () => opener?.isConnected && opener.focus());

export function closeForm() {
  dialog.close();
}

/** Ask the questions. `send(values)` resolves to {form} (asked again, with errors), {text} (refused) or nothing (done). */
export function openForm(form, send) {
  if (!dialog.open) opener = document.activeElement;
  const alert = make("p", { class: "error", role: "alert" });
  const fields = form.fields.map((field, index) => question(field, `field-${index}`));
  const body = make("form", { class: "sheet", novalidate: true },
    make("h2", { id: "asked-title" }, form.title), alert, ...fields.map((one) => one.element),
    make("div", { class: "row end" }, button(say("cancel"), closeForm, { class: "plain" }), make("button", { type: "submit", class: "primary" }, form.submit)));
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!complete(fields)) return;
    const values = Object.fromEntries(fields.map((one) => [one.name, one.values()]));
    const answer = await send(values);
    if (answer?.form) openForm({ ...answer.form, fields: kept(answer.form.fields, values) }, send);
    else if (answer?.text) alert.textContent = answer.text;
    else closeForm();
  });
  dialog.replaceChildren(body);
  if (!dialog.open) dialog.showModal();
  (fields.find((one) => one.error()) ?? fields[0])?.focus();
}

/** Asked again without values: what was answered stays. */
function kept(fields, values) {
  return fields.map((field) => (field.value.length ? field : { ...field, value: values[field.name] ?? [] }));
}

function complete(fields) {
  const missing = fields.filter((one) => one.check());
  missing[0]?.focus();
  return !missing.length;
}

function question(field, id) {
  const error = make("p", { class: "error", id: `${id}-error` }, field.error);
  const hint = field.hint ? make("p", { class: "hint", id: `${id}-hint` }, field.hint) : null;
  const described = `${hint ? `${id}-hint ` : ""}${id}-error`;
  const control = (field.many ? several : field.input === "text" ? typed : one)(field, id, described);
  const mark = (wrong) => {
    error.textContent = wrong;
    for (const input of control.inputs) input.setAttribute("aria-invalid", wrong ? "true" : "false");
  };
  mark(field.error);
  return {
    name: field.name,
    element: control.frame(label(field), hint, error),
    values: control.values,
    error: () => error.textContent,
    focus: () => control.inputs[0]?.focus(),
    check: () => {
      mark(field.required && !control.values().length ? say("missing") : "");
      return error.textContent;
    },
  };
}

function label(field) {
  return field.required ? `${field.label} (${say("required")})` : field.label;
}

function typed(field, id, described) {
  const input = make("input", { id, type: "text", maxlength: "4000", "aria-describedby": described, "aria-required": field.required ? "true" : false });
  input.value = field.value[0] ?? "";
  return {
    inputs: [input],
    values: () => (input.value.trim() ? [input.value.trim()] : []),
    frame: (title, hint, error) => make("div", { class: "field" }, make("label", { for: id }, title), hint, input, error),
  };
}

function one(field, id, described) {
  const select = make("select", { id, "aria-describedby": described, "aria-required": field.required ? "true" : false },
    make("option", { value: "" }, say("choose")), ...field.options.map((option) => make("option", { value: option.value }, option.label)));
  select.value = field.value[0] ?? "";
  return {
    inputs: [select],
    values: () => (select.value ? [select.value] : []),
    frame: (title, hint, error) => make("div", { class: "field" }, make("label", { for: id }, title), hint, select, error),
  };
}

function several(field, id, described) {
  const boxes = field.options.map((option, index) => {
    const box = make("input", { type: "checkbox", id: `${id}-${index}`, value: option.value });
    box.checked = field.value.includes(option.value);
    return { box, element: make("label", { class: "box", for: box.id }, box, option.label) };
  });
  return {
    inputs: boxes.map(({ box }) => box),
    values: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value),
    frame: (title, hint, error) =>
      make("fieldset", { class: "field", "aria-describedby": described }, make("legend", {}, title), hint, make("div", { class: "boxes" }, ...boxes.map((each) => each.element)), error),
  };
}
