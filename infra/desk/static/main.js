// The page: draws every part whenever something has changed.

import { drawBar, drawRail } from "./bar.js";
import { begin, desk } from "./desk.js";
import { h } from "./dom.js";
import { follow, point } from "./guide.js";
import { drawMain } from "./main-column.js";
import { drawModals } from "./modal.js";
import { drawPanel } from "./panels.js";
import { listenToKeys } from "./shortcuts.js";
import { drawSidebar } from "./sidebar.js";
import { isChinese, say } from "./texts.js";

const app = document.getElementById("app");
const skip = document.getElementById("skip");
const shell = {
  bar: h("header", { class: "bar" }),
  rail: h("nav", { class: "rail" }),
  side: h("div", { class: "side", id: "side" }),
  main: h("main", { class: "main", id: "main", tabindex: "-1" }),
  panel: h("aside", { class: "panel", id: "panel" }),
};

desk.draw = () => {
  if (!desk.state) return;
  const { me, names, place, places, team } = desk.state;
  const unread = places.reduce((sum, one) => sum + one.unseen, 0);
  document.documentElement.lang = isChinese() ? "zh-Hant-TW" : "en";
  document.title = `${unread ? `(${unread}) ` : ""}${team}｜${say("simulated")}`;
  const favicon = unread ? "static/icon-unread.svg" : "static/icon.svg";
  const shown = document.getElementById("favicon");
  if (shown.getAttribute("href") !== favicon) shown.setAttribute("href", favicon);
  skip.textContent = say("skip");
  shell.main.dataset.shown = `${me.id}/${place}`;
  app.classList.toggle("with-panel", desk.panel !== "");
  app.classList.toggle("with-places", desk.places);
  const around = { names, me: me.id, zone: me.tz };
  drawBar(shell.bar, desk);
  drawRail(shell.rail, desk);
  drawSidebar(shell.side, desk);
  drawMain(shell.main, desk, around);
  drawPanel(shell.panel, desk);
  drawModals(desk.state.modals, desk, around);
  point(desk);
  follow(desk);
};

skip.addEventListener("click", (event) => {
  event.preventDefault();
  (document.querySelector('.log [tabindex="0"]') ?? shell.main).focus();
});
app.append(shell.bar, shell.rail, shell.side, shell.main, shell.panel);
listenToKeys(desk);
await begin();
