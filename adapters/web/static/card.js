// A neutral message as elements: one function a block. `does` says what buttons, selects and forms do.

import { button, line, make, say } from "./line.js";

const MARKS = { open: "○", late: "●", done: "✓", skipped: "–" };
const GROUPED = { item: "items", button: "row" };

/** The elements of a message. */
export function card(message, does) {
  const body = make("div", { class: "card" });
  let group = null;
  for (const block of message.blocks) {
    const kind = GROUPED[block.kind];
    if (!kind) {
      group = null;
      body.append(drawn(block, does));
    } else {
      if (!group || !group.classList.contains(kind)) {
        group = make(kind === "items" ? "ul" : "div", { class: kind });
        body.append(group);
      }
      group.append(drawn(block, does));
    }
  }
  return body;
}

function drawn(block, does) {
  return DRAWN[block.kind](block, does);
}

const DRAWN = {
  text: (block) => make(block.style === "title" ? "h3" : "p", { class: block.style }, line(block.line)),
  item: (block, does) =>
    make("li", { class: `item ${block.state}` },
      make("span", { class: "mark", "aria-hidden": "true" }, MARKS[block.state]),
      make("div", { class: "body" },
        make("span", { class: "unseen" }, `${say(`state.${block.state}`)} : `),
        make("span", { class: "said" }, line(block.line)),
        ...block.under.map((under) => make("p", { class: "under" }, line(under))),
        block.buttons.length ? make("div", { class: "row" }, ...block.buttons.map((one) => pressed(one, does))) : null)),
  button: (block, does) => pressed(block, does),
  table: (block) => {
    const [head, ...rows] = block.rows;
    return make("div", { class: "wide", tabindex: "0", role: "group" }, make("table", {},
      make("thead", {}, make("tr", {}, ...head.map((cell) => make("th", { scope: "col" }, cell)))),
      make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell)))))));
  },
  chart: (block) => make("figure", {}, make("figcaption", {}, block.title), bars(block), make("p", { class: "note" }, block.alternative)),
  choice: (block, does) => choice(block, does),
  form: (block, does) => make("div", { class: "row" }, button(block.title, () => does.form(block), { class: "primary" })),
  link: (block) => link(block),
  file: (block) => file(block),
};

function pressed(block, does) {
  return button(block.label, () => does.press(block.action, block.target), { class: block.style, "data-action": `${block.action} ${block.target}` });
}

let choices = 0;

function choice(block, does) {
  const id = `choice-${(choices += 1)}`;
  const select = make("select", { id }, make("option", { value: "" }, say("choose")),
    ...block.options.map((one) => make("option", { value: one.value }, one.label)));
  const send = button(say("type.send"), () => select.value && does.press(block.action, select.value));
  return make("div", { class: "choice" }, make("label", { for: id }, block.label), make("div", { class: "row" }, select, send));
}

/** Only the web's own schemes: a message cannot bring a script in an address. */
function link(block) {
  if (!/^https?:\/\//i.test(block.url)) return make("p", {}, `${block.label} ${block.url}`);
  return make("p", {}, make("a", { href: block.url, target: "_blank", rel: "noopener noreferrer", title: block.url }, block.label));
}

function file(block) {
  const save = () => {
    const url = URL.createObjectURL(new Blob([block.content], { type: "application/octet-stream" }));
    make("a", { href: url, download: block.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };
  return make("div", { class: "row" }, button(say("download", { name: block.name }), save, { class: "file" }));
}

function bars(block) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const values = block.points.map(([, value]) => value ?? 0);
  const most = Math.max(1e-9, ...values.map(Math.abs));
  const step = 100 / Math.max(1, values.length);
  svg.setAttribute("viewBox", "0 0 100 40");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  values.forEach((value, index) => {
    const bar = document.createElementNS(space, "rect");
    const height = (Math.abs(value) / most) * 38;
    for (const [name, set] of Object.entries({ x: index * step + step * 0.15, y: 40 - height, width: step * 0.7, height, rx: 1 })) bar.setAttribute(name, set);
    svg.append(bar);
  });
  return svg;
}
