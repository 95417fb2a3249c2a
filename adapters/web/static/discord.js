// What Discord is sent, drawn as Discord draws it: one function a component. Data only ever becomes text nodes.

import { button, make } from "./line.js";

const STYLES = { 1: "primary", 2: "plain", 4: "danger" };
const MOMENTS = {
  t: { hour: "numeric", minute: "2-digit" },
  D: { day: "numeric", month: "long", year: "numeric" },
  F: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" },
};

/** The elements of a message's payload. `when` gives an instant in words; `does.press` runs an action. */
export function discord(payload, does, when) {
  const draw = { does, when };
  return make("div", { class: "card kit" }, ...payload.components.flatMap((one) => component(one, draw)));
}

function component(one, draw) {
  switch (one.type) {
    case 1: return [make("div", { class: "row" }, ...one.components.flatMap((inner) => component(inner, draw)))];
    case 2: return [pressed(one, draw)];
    case 3: return [select(one, draw)];
    case 9: return [make("div", { class: "section" }, ...one.components.flatMap((inner) => component(inner, draw)), ...component(one.accessory, draw))];
    case 10: return text(one.content, draw);
    case 13: return [make("p", { class: "context" }, `📎 ${one.file.url.replace("attachment://", "")}`)];
    case 17: return one.components.flatMap((inner) => component(inner, draw));
    default: return [make("p", { class: "context" }, String(one.type))];
  }
}

/** The action and the target of a custom_id, « team.key~n:action:target ». */
function carried(customId) {
  const [, action, ...target] = customId.split(":");
  return [action, target.join(":")];
}

function pressed(one, draw) {
  const [action, target] = carried(one.custom_id);
  return button(one.label, () => draw.does.press(action, target), { class: STYLES[one.style] ?? "plain", "data-action": `${action} ${target}` });
}

function select(one, draw) {
  const [action] = carried(one.custom_id);
  const made = make("select", { "aria-label": one.placeholder, "data-action": action }, make("option", { value: "" }, one.placeholder),
    ...one.options.map((option) => make("option", { value: option.value }, option.label)));
  made.addEventListener("change", () => made.value && draw.does.press(action, made.value));
  return made;
}

/** Headings, small print, code, and lines: what the renderer writes of Discord's Markdown. */
function text(content, draw) {
  return content.split(/(```\n[^]*?\n```)/).flatMap((part) => {
    if (part.startsWith("```")) return [make("pre", { tabindex: "0" }, part.slice(4, -4))];
    return part.split("\n").filter((line) => line !== "").map((line) => {
      if (line.startsWith("### ")) return make("h3", {}, ...inline(line.slice(4), draw));
      if (line.startsWith("-# ")) return make("p", { class: "context" }, ...inline(line.slice(3), draw));
      return make("p", {}, ...inline(line, draw));
    });
  });
}

const PARTS = /(\\[^0-9A-Za-z\s])|\*\*((?:\\.|[^*])+)\*\*|<t:(\d+):(\w)>|<@([^>]+)>|\[((?:\\.|[^\]])*)\]\(<([^>]+)>\)|<(https?:[^>]+)>/;

function inline(line, draw) {
  const found = PARTS.exec(line);
  if (!found) return line === "" ? [] : [line];
  const [whole, escape, strong, stamp, style, who, words, url, bare] = found;
  const made = escape ? [escape.slice(1)]
    : strong ? [make("strong", {}, ...inline(strong, draw))]
    : stamp ? [moment(Number(stamp), style, draw)]
    : who ? [make("span", { class: "who notify" }, `@${who}`)]
    : [make("a", { href: url ?? bare, target: "_blank", rel: "noopener noreferrer" }, ...(url ? inline(words, draw) : [bare]))];
  return [...(found.index ? [line.slice(0, found.index)] : []), ...made, ...inline(line.slice(found.index + whole.length), draw)];
}

function moment(stamp, style, draw) {
  const instant = new Date(stamp * 1000);
  const said = MOMENTS[style] ? draw.when(instant, MOMENTS[style]) : relative(instant);
  return make("time", { datetime: instant.toISOString() }, said);
}

/** « dans 2 heures » */
function relative(instant) {
  const minutes = Math.round((instant - Date.now()) / 60_000);
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "fr", { numeric: "auto" });
  const [amount, unit] = Math.abs(minutes) < 60 ? [minutes, "minute"] : Math.abs(minutes) < 1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
  return format.format(amount, unit);
}
