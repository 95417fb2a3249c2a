// The page: what the server says becomes the room; what people do is asked of the server.

import { card } from "./card.js";
import { openForm } from "./form.js";
import { hide, setHints } from "./hints.js";
import { button, make, plain, rich, say, setTexts } from "./line.js";
import { formatted, native, setReader } from "./moments.js";
import { drawPlaces, named, places } from "./places.js";
import { discord } from "./discord.js";
import { slack } from "./slack.js";
import { Talk } from "./talk.js";

const at = (id) => document.getElementById(id);
const state = { scene: null, now: null, offset: 0, posted: new Map(), asked: [], asking: "", setUp: false };
const LOOKS = ["vigie", "slack", "discord"];
/** What draws the payloads of a platform. */
const DRAWERS = { slack, discord };

const talk = new Talk({
  open: () => {
    at("lost").hidden = true;
    talk.hello(sessionStorage.getItem("account") ?? "");
  },
  lost: () => {
    at("lost").textContent = say("lost");
    at("lost").hidden = !state.scene;
  },
  scene: (frame) => {
    if (state.scene?.me !== frame.me) state.asked = [];
    state.scene = frame;
    setTexts(frame.texts);
    setReader(frame);
    setHints(frame.hints);
    drawRoom();
  },
  history: ({ messages }) => {
    state.posted = new Map(messages.map((one) => [one.id, one]));
    drawPlace();
  },
  clock: ({ now }) => {
    state.now = new Date(now);
    state.offset = state.now - Date.now();
    drawClock();
  },
  post: ({ message }) => {
    state.posted.set(message.id, message);
    arrived(message);
  },
  edit: ({ message }) => {
    const before = state.posted.get(message.id);
    state.posted.set(message.id, message);
    redraw(message, before?.edited !== message.edited);
  },
  delete: ({ message }) => {
    state.posted.delete(message.id);
    at(`message-${message.id}`)?.remove();
  },
  refused: ({ text }) => announce(text),
});

function announce(text) {
  at("live").textContent = "";
  setTimeout(() => (at("live").textContent = text), 50);
}

// The room

function drawRoom() {
  const { scene } = state;
  document.documentElement.lang = scene.language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  at("room").hidden = !scene.team;
  at("welcome").hidden = !!scene.team;
  if (!scene.team) return drawWelcome();
  at("welcome-form").replaceChildren();
  at("team").textContent = scene.team;
  at("typed").placeholder = say("type.example");
  const lead = scene.people.find((one) => one.account === scene.me)?.lead;
  at("speaker").replaceChildren(...scene.people.map((one) => make("option", { value: one.account }, one.lead ? `${one.name} (${say("lead")})` : one.name)));
  at("speaker").value = scene.me;
  at("add").hidden = !lead || scene.steps.length > 0;
  at("clock-title").textContent = say(scene.steps.length ? "clock" : "time");
  drawSteps();
  drawClock();
  drawNav();
  look(document.body.dataset.look);
  if (!scene.ready && lead && !state.setUp) {
    state.setUp = true;
    ask({ type: "say", text: scene.language === "fr" ? "configurer" : "setup" });
  }
}

function drawWelcome() {
  if (at("welcome-form").children.length) return;
  at("welcome-form").append(entry(say("enter"), (frame) => come(frame)));
}

/** A name and a language: the first visitor's, or somebody's whom the lead lets in. */
function entry(submit, send) {
  const name = make("input", { id: "entry-name", type: "text", maxlength: "80", autocomplete: "given-name", "aria-describedby": "entry-error" });
  const language = make("select", { id: "entry-language" }, make("option", { value: "fr" }, "Français"), make("option", { value: "en" }, "English"));
  language.value = state.scene.language;
  const error = make("p", { class: "error", id: "entry-error", role: "alert" });
  const form = make("form", { class: "sheet", novalidate: true },
    make("div", { class: "field" }, make("label", { for: name.id }, say("name")), name, error),
    make("div", { class: "field" }, make("label", { for: language.id }, say("language")), language),
    make("div", { class: "row end" }, make("button", { type: "submit", class: "primary" }, submit)));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = name.value.trim() ? "" : say("missing");
    name.setAttribute("aria-invalid", String(!name.value.trim()));
    if (!name.value.trim()) return name.focus();
    error.textContent = (await send({ type: "arrive", name: name.value, language: language.value })) ?? "";
  });
  return form;
}

async function come(frame) {
  const answer = await talk.ask(frame);
  if (answer.type === "refused") return answer.text;
  sessionStorage.setItem("account", answer.account);
  return "";
}

at("add").addEventListener("click", () => {
  const dialog = at("asked");
  const form = entry(say("add"), async (frame) => {
    const answer = await talk.ask(frame);
    if (answer.type === "refused") return answer.text;
    dialog.close();
    return "";
  });
  form.querySelector(".row").prepend(button(say("cancel"), () => dialog.close(), { class: "plain" }));
  dialog.replaceChildren(make("h2", { id: "asked-title" }, say("add")), form);
  dialog.showModal();
});

at("speaker").addEventListener("change", (event) => {
  sessionStorage.setItem("account", event.target.value);
  talk.hello(event.target.value);
});

// The clock

function drawSteps() {
  if (at("steps").dataset.language === state.scene.language) return;
  at("steps").dataset.language = state.scene.language;
  at("steps").replaceChildren(...state.scene.steps.map((by) => button(say(`step.${by}`), () => forward(by), { class: by === "next" ? "primary" : "plain", "data-step": by })));
}

async function forward(by) {
  at("clock").setAttribute("aria-busy", "true");
  announce(say("moving"));
  const answer = await talk.ask({ type: "forward", by });
  at("clock").removeAttribute("aria-busy");
  if (answer.type === "refused") answered({ text: "" }, answer);
}

function drawClock() {
  if (!state.now || !state.scene?.team) return;
  const now = state.scene.steps.length ? state.now : new Date(Date.now() + state.offset);
  const long = { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" };
  at("now").textContent = formatted(now, long);
  at("now").setAttribute("datetime", now.toISOString());
}

setInterval(drawClock, 10000);

// Places and messages

function drawNav() {
  const { scene } = state;
  const others = [...state.posted.values()].map((one) => one.place).filter((place) => !place.startsWith("@"));
  const all = [...new Set([scene.channel, ...others, `@${scene.me}`])];
  if (!all.includes(places.here)) places.here = scene.channel;
  drawPlaces(all, go);
  at("place").textContent = named(places.here);
  document.title = `${named(places.here)} · Vigie`;
  drawLook();
}

function go(place) {
  places.here = place;
  places.unread.delete(place);
  drawNav();
  drawPlace();
}

/** Everything that stands here, by time; what is only shown to me in between. */
function drawPlace() {
  if (!state.scene) return;
  drawNav();
  const posted = [...state.posted.values()].filter((one) => one.place === places.here);
  const answers = state.asked.filter((one) => one.place === places.here);
  const all = [...posted, ...answers].sort((one, other) => new Date(one.at) - new Date(other.at));
  at("messages").replaceChildren();
  if (state.scene.steps.length && !places.here.startsWith("@")) at("messages").append(tour());
  else if (!all.length) at("messages").append(make("p", { class: "empty" }, say(places.here.startsWith("@") ? "empty.private" : "empty")));
  for (const one of all) append(one);
  toEnd();
}

function tour() {
  const tries = [say("tour.1"), say("tour.2", { line: say("tour.line") }), say("tour.3")];
  return make("section", { class: "tour" }, make("h3", {}, say("tour")), make("p", {}, say("tour.what")), make("ol", {}, ...tries.map((one) => make("li", {}, rich(one)))));
}

function append(one) {
  const list = at("messages");
  list.querySelector(".empty")?.remove();
  const day = formatted(new Date(one.at), { weekday: "long", day: "numeric", month: "long" });
  if (list.dataset.day !== day || !list.querySelector(".day")) {
    list.dataset.day = day;
    list.append(make("p", { class: "day" }, make("span", {}, day)));
  }
  list.append(one.asked === undefined ? message(one) : answer(one));
}

function toEnd() {
  at("messages").scrollTop = at("messages").scrollHeight;
}

function arrived(one) {
  const here = one.place === places.here;
  if (here) {
    append(one);
    toEnd();
  } else {
    places.unread.set(one.place, (places.unread.get(one.place) ?? 0) + 1);
  }
  drawNav();
  announce(say("says", { place: named(one.place), text: one.message.summary }));
}

/** Draw a message again where it stands; the focus stays on the same button where there still is one. */
function redraw(one, changed) {
  const old = at(`message-${one.id}`);
  if (!old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const fresh = message(one);
  old.replaceWith(fresh);
  if (focused) {
    const again = [...fresh.querySelectorAll("button, select")].find((each) => each.dataset.action === focused.dataset.action && each.textContent === focused.textContent);
    (again ?? fresh).focus();
  }
  if (changed) {
    fresh.classList.add("changed");
    announce(say("updated", { text: one.message.summary }));
  }
}

function heading(name, moment, ...notes) {
  const when = formatted(new Date(moment), { hour: "numeric", minute: "2-digit" });
  return make("header", {}, make("span", { class: "name" }, name), make("span", { class: "app", "aria-hidden": "true" }, "APP"), make("time", { datetime: moment }, when), ...notes.map((note) => make("span", { class: "aside" }, note)));
}

function portrait() {
  return make("img", { src: "/static/vigie.svg", alt: "", width: "36", height: "36", class: "portrait" });
}

function message(one) {
  const does = {
    press: (action, target) => ask({ type: "press", action, target, message: one.id }),
    form: (form) => submit(form),
  };
  const element = make("article", { id: `message-${one.id}`, class: "message", tabindex: "-1", "aria-label": `Vigie, ${one.message.summary}` },
    portrait(), make("div", { class: "content" }, heading("Vigie", one.at, one.edited ? say("edited") : ""), drawn(one, does), reactions(one), ...payloads(one)));
  return element;
}

/** As the platform whose look is chosen draws what it is sent; else in our own way. */
function drawn(one, does) {
  const name = document.body.dataset.look;
  const payload = one.previews?.[name];
  return payload && DRAWERS[name] ? DRAWERS[name](payload, does, native) : card(one.message, does);
}

function payloads(one) {
  return Object.entries(one.previews).map(([name, payload]) =>
    make("details", { class: "payload", "data-for": name }, make("summary", {}, say("payload", { name: capital(name) })), make("pre", { tabindex: "0" }, JSON.stringify(payload, null, 2))));
}

function reactions(one) {
  const mine = state.scene.me;
  const names = Object.fromEntries(state.scene.people.map((person) => [person.account, person.name]));
  const chips = Object.entries(one.reactions).map(([emoji, who]) => {
    const people = who.map((account) => names[account] ?? account).join(", ");
    return button(make("span", { "aria-hidden": "true" }, `${emoji} ${who.length}`), () => react(one, emoji, !who.includes(mine)),
      { class: "chip", "aria-pressed": String(who.includes(mine)), "aria-label": say("reaction", { emoji, count: who.length, people }), title: people, "data-action": `chip ${emoji}` });
  });
  return make("div", { class: "reactions" }, ...chips, palette(one));
}

function palette(one) {
  const items = one.message.blocks.filter((block) => block.kind === "item");
  const keys = items.length > 1 ? items.filter((item) => item.position < 10).map((item) => `${item.position}\ufe0f\u20e3`) : [];
  const all = make("div", { class: "palette", role: "group", "aria-label": say("react"), hidden: true },
    ...[...state.scene.faces, ...keys].map((emoji) => button(emoji, () => react(one, emoji, true), { "aria-label": say("react.with", { emoji }), title: say("react.with", { emoji }) })));
  const open = button("☺+", () => {
    all.hidden = !all.hidden;
    open.setAttribute("aria-expanded", String(!all.hidden));
    if (!all.hidden) all.querySelector("button")?.focus();
  }, { class: "chip add", "aria-label": say("react"), title: say("react"), "aria-expanded": "false", "data-action": "react" });
  all.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all.hidden = true;
    open.setAttribute("aria-expanded", "false");
    open.focus();
  });
  return make("span", { class: "adding" }, open, all);
}

function react(one, emoji, added) {
  return ask({ type: "react", message: one.id, emoji, added });
}

// Answers: to me alone, here, until the page is left

async function ask(frame, typed = frame.text ?? "") {
  const place = places.here;
  const reply = await talk.ask(frame);
  answered({ text: typed, place }, reply);
  return reply;
}

function answered({ text, place = places.here }, reply) {
  const form = reply.message?.blocks.find((block) => block.kind === "form");
  if (reply.form && form) return submit(form);
  const said = reply.type === "refused" ? { blocks: [{ kind: "text", style: "plain", line: [reply.text] }], summary: reply.text } : reply.message;
  if (!said) return undefined;
  const one = { asked: text, place, at: (state.scene.steps.length ? state.now : new Date()).toISOString(), message: said, previews: reply.previews };
  state.asked.push(one);
  if (state.asked.length > 200) state.asked.shift();
  if (place === places.here) {
    append(one);
    toEnd();
  }
  announce(said.summary || plain(said));
  return undefined;
}

function answer(one) {
  const does = { press: (action, target) => ask({ type: "press", action, target }), form: (form) => submit(form) };
  return make("article", { class: "message answer", tabindex: "-1", "aria-label": `Vigie, ${one.message.summary || plain(one.message)}` },
    portrait(), make("div", { class: "content" }, heading("Vigie", one.at, say("only_you")), one.asked ? make("p", { class: "asked" }, `/cm ${one.asked}`) : "", drawn(one, does)));
}

function submit(form) {
  openForm(form, async (values) => {
    const reply = await talk.ask({ type: "submit", action: form.action, values });
    if (reply.type === "refused") return { text: reply.text };
    const again = reply.message?.blocks.find((block) => block.kind === "form");
    if (reply.form && again) return { form: again };
    if (reply.refused) return { text: reply.message.summary || plain(reply.message) };
    answered({ text: "" }, reply);
    return null;
  });
}

at("line").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("typed").value.trim().replace(/^\/(cm\b)?\s*/, "");
  if (!at("typed").value.trim()) return;
  at("typed").value = "";
  hide();
  ask({ type: "say", text });
});

// The look

function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function look(name) {
  document.body.dataset.look = name;
  at("look").value = name;
  localStorage.setItem("look", name);
  drawLook();
}

/** Says whether what is seen is a platform's real rendering, or dressed like it. */
function drawLook() {
  const name = document.body.dataset.look;
  const real = [...state.posted.values(), ...state.asked].some((one) => name in (one.previews ?? {}));
  at("look-note").hidden = name === "vigie";
  at("look-note").textContent = say(real ? "look.real" : "look.note", { name: capital(name) });
}

at("look").addEventListener("change", (event) => {
  look(event.target.value);
  drawPlace();
});
document.body.dataset.look = LOOKS.includes(localStorage.getItem("look")) ? localStorage.getItem("look") : "vigie";
at("look").value = document.body.dataset.look;

talk.connect();
