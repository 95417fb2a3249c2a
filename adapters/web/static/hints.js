// Completion of the typed line: the command first, then tasks and people (the ARIA combobox pattern).

import { make, say } from "./line.js";

const MOST = 7;
const input = document.getElementById("typed");
const list = document.getElementById("hints");
const live = document.getElementById("live");
let known = [];
let shown = [];
let chosen = -1;

export function setHints(hints) {
  known = hints.map((hint) => ({ ...hint, folded: fold(hint.word) }));
}

function fold(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[’'-]/g, " ");
}

/** What fits the end of the line: a command at its beginning, else the longest last words that begin something. */
function fitting() {
  const typed = input.value.replace(/^\s*\/(cm\s*)?/, "");
  const words = fold(typed).split(" ");
  const command = known.find((hint) => hint.kind === "command" && fold(typed).startsWith(`${hint.folded} `));
  if (!command) return typed ? matching(fold(typed), typed, "command") : [];
  for (let from = command.folded.split(" ").length; from < words.length; from += 1) {
    const found = matching(words.slice(from).join(" "), typed.split(" ").slice(from).join(" "), "");
    if (found.length) return found;
  }
  return [];
}

function matching(folded, typed, kind) {
  return known
    .filter((hint) => (kind ? hint.kind === kind : hint.kind !== "command") && hint.folded.startsWith(folded) && hint.folded !== folded)
    .slice(0, MOST)
    .map((hint) => ({ ...hint, replaces: typed.length }));
}

function show() {
  shown = fitting();
  chosen = -1;
  list.replaceChildren(...shown.map((hint, index) => {
    const option = make("div", { role: "option", id: `hint-${index}`, "aria-selected": "false" },
      make("span", { class: "word" }, hint.word), make("span", { class: "help" }, hint.help || say(`kind.${hint.kind}`)));
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(index);
    });
    return option;
  }));
  list.hidden = !shown.length;
  input.setAttribute("aria-expanded", String(!!shown.length));
  input.removeAttribute("aria-activedescendant");
  if (shown.length) live.textContent = say("hints.count", { count: shown.length });
}

export function hide() {
  shown = [];
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function move(by) {
  list.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = (chosen + by + shown.length) % shown.length;
  list.children[chosen].setAttribute("aria-selected", "true");
  list.children[chosen].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", `hint-${chosen}`);
}

function take(index) {
  const hint = shown[index];
  input.value = `${input.value.slice(0, input.value.length - hint.replaces)}${hint.word} `;
  input.focus();
  show();
}

input.addEventListener("input", show);
input.addEventListener("blur", hide);
input.addEventListener("keydown", (event) => {
  if (!shown.length || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1);
  } else if (event.key === "Tab" && !event.shiftKey) {
    event.preventDefault();
    take(Math.max(chosen, 0));
  } else if (event.key === "Enter" && chosen >= 0) {
    event.preventDefault();
    take(chosen);
  } else if (event.key === "Escape") {
    event.preventDefault();
    hide();
  }
});
