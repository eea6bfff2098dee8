// What pops up in the corner and goes away by itself.

import { closer, h, icon } from "./dom.js";
import { say } from "./texts.js";

const LASTS = 12_000;
const toasts = h("div", { class: "toasts", role: "alert" });

// Beside a modal everything else is inert, so the words stand inside it then.
export function toast(title, words) {
  const host = document.querySelector("dialog[open]") ?? document.body;
  const shown = h(
    "div",
    { class: "toast", "data-testid": "toast" },
    icon("info"),
    h("div", {}, h("strong", {}, title), h("p", {}, words)),
    closer(say("close"), () => shown.remove()),
  );
  toasts.replaceChildren(shown);
  host.append(toasts);
  setTimeout(() => shown.remove(), LASTS);
}
