// Words: the page's own texts, and the spans of a message's lines. Data only ever becomes text nodes.

let words = {};

export function setTexts(texts) {
  words = texts;
}

/** The text of a key, its {placeholders} filled. */
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** An element with attributes and children; strings become text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function button(label, onclick, attributes = {}) {
  return make("button", { type: "button", onclick, ...attributes }, label);
}

/** A line's spans as nodes. */
export function line(spans) {
  const found = document.createDocumentFragment();
  for (const span of spans) found.append(...nodes(span));
  return found;
}

function nodes(span) {
  if (typeof span === "string") {
    return span.split("\n").flatMap((part, index) => (index ? [document.createElement("br"), part] : [part]));
  }
  if (span.kind === "strong") return [make("strong", {}, span.text)];
  if (span.kind === "at") return [make("time", { datetime: span.instant }, span.text)];
  return [make("span", { class: span.notify ? "who notify" : "who" }, span.notify ? `@${span.name}` : span.name)];
}

/** « **bold** words » of the page's own texts. */
export function rich(text) {
  return line(text.split("**").map((part, index) => (index % 2 ? { kind: "strong", text: part } : part)));
}

/** The words of a message's blocks, without any markup. */
export function plain(message) {
  return message.blocks.flatMap((block) => block.line ?? []).map((span) => (typeof span === "string" ? span : span.text ?? span.name)).join("");
}
