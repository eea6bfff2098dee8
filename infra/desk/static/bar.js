// The bar on top (history, search, clock, start over) and the rail (notifications, guide, faults, look).

import { clockSigns } from "./clock.js";
import { showKeys } from "./dialogs.js";
import { fill, h, icon, sign } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { startOver } from "./start-over.js";
import { openSwitcher } from "./switcher.js";
import { say, switchLanguage } from "./texts.js";
import { nextTheme, theme } from "./theme.js";

let bar = "";
let rail = "";

export function drawBar(place, desk) {
  const key = JSON.stringify([desk.state.team, desk.state.can_start_over, Boolean(desk.state.clock), say("search")]);
  if (key === bar) return;
  bar = key;
  const finder = h(
    "button",
    { type: "button", class: "finder", onclick: () => openSwitcher(desk), "data-testid": "switcher-open" },
    h("span", {}, icon("search"), say("search")),
    h("kbd", {}, "Ctrl K"),
  );
  const restart = h(
    "button",
    { type: "button", onclick: () => startOver(desk), "data-testid": "start-over" },
    icon("restart"),
    h("span", { class: "words-wide" }, say("start_over")),
  );
  restart.setAttribute("aria-label", say("start_over"));
  keepingFocus(place, () =>
    fill(
      place,
      h(
        "div",
        {},
        sign("back", say("back"), () => history.back(), { look: "history" }),
        sign("forward", say("forward"), () => history.forward(), { look: "history" }),
      ),
      finder,
      h("div", {}, clockSigns(desk), desk.state.can_start_over && restart),
    ),
  );
}

export function drawRail(place, desk) {
  const faults = (desk.state.faults ?? []).filter((one) => one.on).length;
  const key = JSON.stringify([desk.panel, desk.guide, desk.places, Boolean(desk.state.faults), faults, theme(), say("notices")]);
  if (key === rail) return;
  rail = key;
  place.setAttribute("aria-label", say("tools"));
  keepingFocus(place, () =>
    fill(
      place,
      h("span", { class: "workspace", "aria-hidden": "true" }, icon("desk")),
      tool("menu", say("channels"), () => openPlaces(desk), { testid: "places", pressed: desk.places, look: "only-narrow" }),
      tool("bell", say("notices"), () => desk.show("notices"), { testid: "notices", pressed: desk.panel === "notices" }),
      tool("guide", say("guide"), () => desk.show("guide"), { testid: "guide-open", pressed: desk.panel === "guide" }),
      desk.state.faults &&
        tool("faults", say("faults"), () => desk.show("faults"), { testid: "faults-open", pressed: desk.panel === "faults", count: faults }),
      h("span", { class: "gap" }),
      tool(theme(), say(`theme.${theme()}`), () => changeTheme(desk), { testid: "theme", label: say("theme", { now: say(`theme.${theme()}`) }) }),
      tool("language", say("language"), () => changeLanguage(desk), { testid: "language", label: say("language_label") }),
      tool("help", say("help"), showKeys, { testid: "help", label: say("keys") }),
    ),
  );
}

function tool(sign, words, onclick, { testid, pressed = null, count = 0, label = null, look = null }) {
  return h(
    "button",
    { type: "button", class: look, onclick, "data-testid": testid, "aria-pressed": pressed === null ? null : String(pressed), "aria-label": label },
    icon(sign),
    words,
    count > 0 && h("span", { class: "count", "data-testid": "faults-on", "aria-label": say("faults_on", { n: count }) }, String(count)),
  );
}

function openPlaces(desk) {
  desk.places = !desk.places;
  desk.draw();
  if (desk.places) document.querySelector("#side [aria-current]")?.focus();
}

function changeTheme(desk) {
  nextTheme();
  desk.draw();
}

function changeLanguage(desk) {
  switchLanguage();
  desk.draw();
}
