// The square that stands for a person: a colour by id, the first sign of the name.

import { h, icon } from "./dom.js";

export function avatar(id, name, { bot = false, tiny = false } = {}) {
  const hue = [...id].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) % 12, 7);
  const look = bot ? "bot" : `hue-${hue}`;
  return h("span", { class: `avatar ${look} ${tiny ? "tiny" : ""}`, "aria-hidden": "true" }, bot ? icon("desk") : [...name][0]);
}
