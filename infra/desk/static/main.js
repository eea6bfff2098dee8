// The page: asks what one person sees, draws it, asks again when something has changed.
//
// Nothing is decided here and nothing is kept but who looks, where, and what is half typed.

import { toast } from "./dialogs.js";
import { h } from "./dom.js";
import { drawMain } from "./messages.js";
import { drawModals } from "./modal.js";
import { panel } from "./panels.js";
import { sidebar } from "./sidebar.js";
import { knows, isChinese, say, switchLanguage } from "./texts.js";

const HOME = "home";
const FEWEST = 50;

const app = document.getElementById("app");
const shell = { side: h("aside", { class: "side" }), main: h("main", { class: "main" }), panel: h("aside", { class: "panel" }) };

const desk = {
  person: "",
  place: "",
  count: FEWEST,
  panel: localStorage.getItem("desk.guided") ? "" : "guide",
  state: null,

  go(place) {
    Object.assign(desk, { place, count: FEWEST });
    remember();
    if (place === HOME) desk.act("home", { as: desk.person, place });
    return refresh();
  },

  become(person) {
    Object.assign(desk, { person, count: FEWEST });
    remember();
    if (desk.place === HOME) desk.act("home", { as: desk.person, place: HOME });
    return refresh();
  },

  earlier() {
    desk.count += 100;
    return refresh();
  },

  show(name) {
    desk.panel = desk.panel === name ? "" : name;
    if (!desk.panel) localStorage.setItem("desk.guided", "yes");
    draw();
  },

  speak() {
    switchLanguage();
    draw();
  },

  // Acts as the person and in the place that are on the screen, even while others are on their
  // way. The outcome, or null where the stand-in itself did not answer.
  async act(name, body) {
    const outcome = await ask(name, { as: desk.state.me.id, place: desk.state.place, ...body });
    if (outcome === null) toast(say("trouble.title"), say("trouble.offline"));
    const trouble = outcome?.trouble || outcome?.error;
    if (trouble) toast(say("trouble.title"), knows(`trouble.${trouble}`) ? say(`trouble.${trouble}`) : trouble);
    await refresh();
    return outcome;
  },

  draw,
};

async function ask(name, body) {
  const headers = { "content-type": "application/json" };
  try {
    const answer = await fetch(`page/act/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
    return await answer.json();
  } catch {
    return null;
  }
}

// -- who and where, in the address so that tabs may be different people --------------------------

function remember() {
  history.replaceState(null, "", `#${new URLSearchParams({ as: desk.person, in: desk.place })}`);
}

function recall() {
  const told = new URLSearchParams(location.hash.slice(1));
  desk.person = told.get("as") ?? "";
  desk.place = told.get("in") ?? "";
}

// -- what there is to see -----------------------------------------------------------------------

let running = null;
let again = false;

// Asks once at a time; whoever asks meanwhile gets a newer answer.
function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = (async () => {
    do {
      again = false;
      await load();
    } while (again);
    running = null;
  })();
  return running;
}

async function load() {
  const asked = { as: desk.person, place: desk.place, count: desk.count };
  const told = await fetch(`page/state?${new URLSearchParams(asked)}`).catch(() => null);
  if (!told?.ok) return;
  const state = await told.json();
  if (asked.as !== desk.person || asked.place !== desk.place) {
    again = true;
    return;
  }
  // Who asks for what is not theirs is shown what is.
  Object.assign(desk, { state, person: state.me.id, place: state.place });
  remember();
  draw();
  await look();
}

async function look() {
  const here = desk.state.places.find((one) => one.id === desk.place);
  const newest = desk.state.messages.at(-1)?.message.ts;
  if (!here?.unseen || !newest || document.hidden) return;
  await ask("see", { as: desk.person, place: desk.place, ts: newest });
}

function draw() {
  if (!desk.state) return;
  document.documentElement.lang = isChinese() ? "zh-Hant-TW" : "en";
  document.title = `${desk.state.team}｜${say("simulated")}`;
  const around = { names: desk.state.names, me: desk.person, zone: desk.state.me.tz };
  shell.main.dataset.shown = `${desk.state.me.id}/${desk.state.place}`;
  app.classList.toggle("with-panel", desk.panel !== "");
  sidebar(shell.side, desk);
  drawMain(shell.main, desk, around);
  panel(shell.panel, desk);
  drawModals(desk.state.modals, desk, around);
}

// -- begin --------------------------------------------------------------------------------------

app.append(shell.side, shell.main, shell.panel);
recall();
await refresh();
if (desk.place === HOME) desk.act("home", {});

const changes = new EventSource("page/changes");
changes.addEventListener("message", (event) => {
  if (JSON.parse(event.data).revision !== desk.state?.revision) refresh();
});
document.addEventListener("visibilitychange", () => !document.hidden && refresh());
window.addEventListener("hashchange", () => {
  recall();
  refresh();
});
