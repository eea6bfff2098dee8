// The right side: the guide, the notification texts, or the faults.

import { closer, fill, h } from "./dom.js";
import { faultPanel, faultsKey } from "./faults.js";
import { keepingFocus, whereabouts } from "./focus.js";
import { guideKey, guidePanel } from "./guide.js";
import { decode } from "./mrkdwn.js";
import { date, say, stamp } from "./texts.js";

const PANELS = {
  guide: { key: guideKey, draw: guidePanel },
  notices: { key: (desk) => JSON.stringify([desk.state.notices, date(desk.now(), desk.state.me.tz), say("close")]), draw: notices },
  faults: { key: faultsKey, draw: faultPanel },
};

let drawn = "";
let open = null;
let opener = () => null;

export function drawPanel(place, desk) {
  const name = desk.panel === "faults" && !desk.state.faults ? "" : desk.panel;
  if (name !== open) turn(place, name);
  if (!name) return;
  const key = PANELS[name].key(desk);
  if (key === drawn) return;
  drawn = key;
  place.setAttribute("aria-label", say(name));
  keepingFocus(place, () => fill(place, PANELS[name].draw(desk)));
}

// Whoever opened a panel gets the focus back when it goes.
function turn(place, name) {
  const inside = place.contains(document.activeElement);
  if (!open) opener = whereabouts(document.activeElement);
  open = name;
  drawn = "";
  place.hidden = name === "";
  if (!name && inside) opener()?.focus();
}

function notices(desk) {
  const told = desk.state.notices;
  return [
    h("header", {}, h("h2", {}, say("notices")), closer(say("close"), () => desk.show("notices"), "panel-close")),
    h("p", { class: "lead" }, say("notices_about")),
    told.length ? h("ol", { class: "notices" }, told.map((one) => notice(desk, one))) : h("p", { class: "foot" }, say("notices_none")),
  ];
}

function notice(desk, { place, ts, text }) {
  const name = desk.state.places.find((one) => one.id === place)?.name ?? "";
  const at = h("time", {}, stamp(Number(ts) * 1000, desk.state.me.tz, desk.now()));
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", onclick: () => desk.go(place), "data-testid": "notice" },
      h("span", { class: "notice-place" }, place === "dm" ? name : `#${name}`, at),
      h("span", {}, decode(text)),
    ),
  );
}
