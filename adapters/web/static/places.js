// Where messages stand: the channels and the private conversation, with what has not been read there.

import { button, make, say } from "./line.js";

const nav = document.getElementById("places");
export const places = { here: "", unread: new Map(), all: [] };

/** The name of a place as it is shown. */
export function named(place) {
  return place.startsWith("@") ? say("private") : `#${place}`;
}

/** Draw the list again; `go(place)` opens one. */
export function drawPlaces(all, go) {
  places.all = all;
  const focused = nav.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  nav.replaceChildren(make("ul", {}, ...all.map((place) => {
    const count = places.unread.get(place) ?? 0;
    const badge = count ? make("span", { class: "badge" }, make("span", { "aria-hidden": "true" }, String(count)), make("span", { class: "unseen" }, ` ${say("unread", { count })}`)) : null;
    return make("li", {}, button(named(place), () => go(place), { "aria-current": place === places.here ? "page" : false, "data-place": place }), badge);
  })));
  for (const one of nav.querySelectorAll("li")) {
    const badge = one.querySelector(".badge");
    if (badge) one.querySelector("button").append(badge);
  }
  if (focused !== null) [...nav.querySelectorAll("button")].find((one) => one.dataset.place === focused)?.focus();
}
