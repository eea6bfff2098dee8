// The right side: the guide for a first visit, and the notification texts.

import { closer } from "./dialogs.js";
import { h } from "./dom.js";
import { decode } from "./mrkdwn.js";
import { clock, say } from "./texts.js";

let drawn = "";

export function panel(place, desk) {
  const notices = desk.panel === "notices" ? desk.state.notices : null;
  const key = JSON.stringify([desk.panel, notices, say("close")]);
  if (key === drawn) return;
  drawn = key;
  place.hidden = desk.panel === "";
  place.setAttribute("aria-label", say(desk.panel || "guide"));
  place.replaceChildren(...(desk.panel === "guide" ? guide(desk) : notices ? list(desk, notices) : []));
}

function guide(desk) {
  const steps = [1, 2, 3, 4, 5].map((n) => h("li", {}, h("strong", {}, say(`guide.${n}`)), h("span", {}, say(`guide.${n}.text`))));
  return [
    h("header", {}, h("h2", {}, say("guide.title")), closer(say("close"), () => desk.show("guide"), "guide-close")),
    h("p", { class: "lead" }, say("guide.lead")),
    h("ol", { class: "steps" }, steps),
    h("p", { class: "foot" }, say("guide.foot")),
    h("button", { type: "button", class: "button primary", onclick: () => desk.show("guide") }, say("guide.start")),
  ];
}

function list(desk, notices) {
  const name = (place) => desk.state.places.find((one) => one.id === place)?.name ?? "";
  const entry = ({ place, ts, text }) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", onclick: () => desk.go(place), "data-testid": "notice" },
        h("span", { class: "notice-place" }, place === "dm" ? name(place) : `#${name(place)}`, h("time", {}, clock(Number(ts) * 1000, desk.state.me.tz))),
        h("span", {}, decode(text)),
      ),
    );
  return [
    h("header", {}, h("h2", {}, say("notices")), closer(say("close"), () => desk.show("notices"))),
    h("p", { class: "lead" }, say("notices_about")),
    notices.length ? h("ol", { class: "notices" }, notices.map(entry)) : h("p", { class: "foot" }, say("notices_none")),
  ];
}
