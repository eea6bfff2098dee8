// Keys that work everywhere on the page.

import { HOME } from "./desk.js";
import { showKeys } from "./dialogs.js";
import { openSwitcher } from "./switcher.js";

const REGIONS = ['[data-testid="who"]', ".log > [tabindex='0'], .log .home", '[data-testid="composer"]', "#panel:not([hidden]) button"];

export function listenToKeys(desk) {
  document.addEventListener("keydown", (event) => {
    if (!desk.state || event.isComposing || document.querySelector("dialog[open]")) return;
    if (meant(event, desk)) event.preventDefault();
  });
}

function meant(event, desk) {
  const { key, altKey, ctrlKey, metaKey } = event;
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if ((ctrlKey || metaKey) && key.toLowerCase() === "k") openSwitcher(desk);
  else if (altKey && step) toPlace(desk, step);
  else if (key === "F6") toRegion(event.shiftKey ? -1 : 1);
  else if (key === "Escape") return leave(desk);
  else if (key === "?" && !writes(event.target)) showKeys();
  else return false;
  return true;
}

const writes = (target) => target.matches("input, textarea, select");

function toPlace(desk, step) {
  const all = [HOME, ...desk.state.places.map((one) => one.id)];
  desk.go(all[(all.indexOf(desk.place) + step + all.length) % all.length]);
}

// Sidebar, conversation, composer, panel, and round again.
function toRegion(step) {
  const all = REGIONS.map((one) => document.querySelector(one)).filter((one) => one?.checkVisibility());
  const now = all.findLastIndex((one) => region(one)?.contains(document.activeElement));
  all[(now + step + all.length) % all.length]?.focus();
}

const region = (element) => element.closest("#side, .log, .composer, #panel");

function leave(desk) {
  if (desk.places) {
    desk.places = false;
    desk.draw();
  } else if (desk.panel && document.getElementById("panel").contains(document.activeElement)) desk.show(desk.panel);
  else return false;
  return true;
}
