// What Slack is sent, drawn as Slack draws it: one function a block of Block Kit. Data only ever becomes text nodes.

import { button, make } from "./line.js";

const DATES = {
  "{time}": { hour: "numeric", minute: "2-digit" },
  "{date_pretty}": { day: "numeric", month: "long", year: "numeric" },
};
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** The elements of a message's payload. `when` gives an instant in words; `does.press` runs an action. */
export function slack(payload, does, when) {
  const draw = { does, when };
  const blocks = payload.blocks.length ? payload.blocks : [{ type: "section", text: { type: "plain_text", text: payload.text } }];
  return make("div", { class: "card kit" }, ...blocks.map((block) => (DRAWN[block.type] ?? unknown)(block, draw)));
}

const DRAWN = {
  header: (block) => make("h3", {}, block.text.text),
  section: (block, draw) => make("div", { class: "section" }, make("p", {}, ...words(block.text, draw)), block.accessory ? element(block.accessory, draw) : ""),
  context: (block, draw) => make("p", { class: "context" }, ...block.elements.flatMap((one) => words(one, draw))),
  divider: () => make("hr"),
  actions: (block, draw) => make("div", { class: "row" }, ...block.elements.map((one) => element(one, draw))),
  rich_text: (block, draw) => make("div", {}, ...block.elements.map((one) => rich(one, draw))),
  table: (block) => table(block.rows.map((row) => row.map((cell) => cell.text))),
  data_visualization: (block) => chart(block),
};

function unknown(block) {
  return make("p", { class: "context" }, block.type);
}

function words(text, draw) {
  return text.type === "mrkdwn" ? mrkdwn(text.text, draw) : broken(text.text);
}

/** `*bold*`, `<@who>`, `<!date^…|…>` and escapes: all that the renderer writes (the rest it says as rich text). */
function mrkdwn(text, draw) {
  return text.split(/(\*[^*]+\*|<[^>]*>)/).flatMap((part) => {
    if (part.startsWith("*") && part.length > 1) return [make("strong", {}, ...mrkdwn(part.slice(1, -1), draw))];
    if (part.startsWith("<@")) return [mention(part.slice(2, -1))];
    if (part.startsWith("<!date^")) {
      const [, stamp, format] = part.slice(1, -1).split("|")[0].split("^");
      return [moment(Number(stamp), format, draw)];
    }
    return broken(part.replace(/&(lt|gt|amp);/g, (escape) => ENTITIES[escape]));
  });
}

function broken(text) {
  return text.split("\n").flatMap((part, index) => (index ? [make("br"), part] : [part])).filter((part) => part !== "");
}

function mention(name) {
  return make("span", { class: "who notify" }, `@${name}`);
}

function moment(stamp, format, draw) {
  const instant = new Date(stamp * 1000);
  const said = format.replace(/\{\w+\}/g, (token) => draw.when(instant, DATES[token] ?? DATES["{time}"]));
  return make("time", { datetime: instant.toISOString() }, said);
}

function rich(block, draw) {
  const inside = block.elements.flatMap((one) => piece(one, draw));
  return block.type === "rich_text_preformatted" ? make("pre", { tabindex: "0" }, ...inside) : make("p", {}, ...inside);
}

function piece(one, draw) {
  switch (one.type) {
    case "user": return [mention(one.user_id)];
    case "date": return [moment(one.timestamp, one.format, draw)];
    case "link": return [make("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, one.text ?? one.url)];
    default: return one.style?.bold ? [make("strong", {}, ...broken(one.text))] : broken(one.text);
  }
}

/** A button or a select; its action_id is « number:action ». */
function element(one, draw) {
  const action = one.action_id.slice(one.action_id.indexOf(":") + 1);
  if (one.type === "button") {
    return button(one.text.text, () => draw.does.press(action, one.value ?? ""), { class: one.style ?? "plain", "data-action": `${action} ${one.value ?? ""}` });
  }
  const select = make("select", { "aria-label": one.placeholder.text, "data-action": action }, make("option", { value: "" }, one.placeholder.text),
    ...one.options.map((option) => make("option", { value: option.value }, option.text.text)));
  select.addEventListener("change", () => select.value && draw.does.press(action, select.value));
  return select;
}

function table([head, ...rows]) {
  return make("div", { class: "wide", tabindex: "0", role: "group" }, make("table", {},
    make("thead", {}, make("tr", {}, ...head.map((cell) => make("th", { scope: "col" }, cell)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell)))))));
}

/** A line chart; the words under it say the same. */
function chart(block) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const put = (name, attributes, text) => {
    const shape = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    if (text !== undefined) shape.textContent = text;
    svg.append(shape);
  };
  const points = block.chart.series[0].data;
  const values = points.map((point) => point.value);
  const [least, most] = [Math.min(0, ...values), Math.max(1e-9, ...values)];
  const x = (index) => 30 + (index * 540) / Math.max(1, points.length - 1);
  const y = (value) => 130 - ((value - least) / (most - least)) * 110;
  svg.setAttribute("viewBox", "0 0 600 160");
  svg.setAttribute("aria-hidden", "true");
  for (const level of [0, 0.5, 1]) put("line", { x1: 20, x2: 580, y1: 20 + 110 * level, y2: 20 + 110 * level, class: "grid" });
  put("polyline", { points: points.map((point, index) => `${x(index)},${y(point.value)}`).join(" "), class: "curve" });
  points.forEach((point, index) => {
    put("circle", { cx: x(index), cy: y(point.value), r: 4, class: "dot" });
    put("text", { x: x(index), y: 152, "text-anchor": "middle" }, point.label);
  });
  return make("figure", {}, make("figcaption", {}, block.title), svg);
}
