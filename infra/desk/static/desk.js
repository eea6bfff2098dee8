// Who looks, where, and what they see: asks, acts, and asks again when something has changed.
//
// Nothing is decided here and nothing is kept but who looks, where, and which panel is open.

import { deskTime, heed, meet } from "./clock.js";
import { act, listen, see } from "./server.js";
import { knows, say } from "./texts.js";
import { toast } from "./toast.js";

export const HOME = "home";
const FEWEST = 50;
const MORE = 100;
const RETRY = 1000;
const BROKEN = ["offline", "operation_timeout", "dispatch_failed", "bad_answer"];
const WIDE = "(min-width: 1181px)";

const guide = localStorage.getItem("desk.guide") ?? (matchMedia(WIDE).matches ? "open" : "small");

export const desk = {
  person: "",
  place: "",
  count: FEWEST,
  guide,
  panel: guide === "open" ? "guide" : "",
  places: false,
  offline: false,
  newFrom: "",
  state: null,

  now: deskTime,

  // Set by the page: draws what is here.
  draw() {},

  go(place) {
    return desk.visit(desk.person, place);
  },

  become(person) {
    return desk.visit(person, desk.place);
  },

  async visit(person, place) {
    if (person !== desk.person || place !== desk.place) {
      Object.assign(desk, { person, place, count: FEWEST });
      history.pushState(null, "", address());
    }
    desk.places = false;
    await refresh();
    await openHome();
  },

  earlier() {
    desk.count += MORE;
    return refresh();
  },

  // Opens a panel, or closes it where it is open; the guide then waits as a strip.
  show(name) {
    desk.panel = desk.panel === name ? "" : name;
    if (name === "guide") desk.follow(desk.panel ? "open" : "small");
    else desk.draw();
  },

  follow(how) {
    desk.guide = how;
    localStorage.setItem("desk.guide", how);
    if (how === "open") desk.panel = "guide";
    else if (desk.panel === "guide") desk.panel = "";
    desk.draw();
  },

  // Acts as the person and in the place that are on the screen, even while others are on their
  // way. The outcome, or null where the stand-in itself did not answer.
  async act(name, body = {}) {
    const outcome = await act(name, { as: desk.state.me.id, place: desk.state.place, ...body });
    const trouble = outcome === null ? "offline" : outcome.trouble || outcome.error;
    if (trouble) complain(trouble);
    await refresh();
    return outcome;
  },
};

// What went wrong between Slack and the app, or what Slack itself refused.
function complain(trouble) {
  const title = BROKEN.includes(trouble) ? "trouble.title" : "refusal.title";
  toast(say(title), knows(`trouble.${trouble}`) ? say(`trouble.${trouble}`) : trouble);
}

// -- who and where, in the address so that tabs may be different people --------------------------

const address = () => `#${new URLSearchParams({ as: desk.person, in: desk.place })}`;

function recall() {
  const told = new URLSearchParams(location.hash.slice(1));
  desk.person = told.get("as") ?? "";
  desk.place = told.get("in") ?? "";
}

async function openHome() {
  if (desk.place === HOME && desk.state) await desk.act("home", { place: HOME });
}

// -- what there is to see -----------------------------------------------------------------------

let running = null;
let again = false;

// Asks once at a time; whoever asks meanwhile gets a newer answer.
export function refresh() {
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
  const state = await see(asked);
  if (asked.as !== desk.person || asked.place !== desk.place) {
    again = true;
    return;
  }
  const returned = desk.offline && state !== null;
  desk.offline = state === null;
  if (state) take(state);
  else setTimeout(refresh, RETRY);
  desk.draw();
  if (state) await look();
  if (returned) openHome();
}

// Who asks for what is not theirs is shown what is.
function take(state) {
  const arrived = state.me.id !== desk.state?.me.id || state.place !== desk.state?.place;
  meet(state.clock ?? null);
  Object.assign(desk, { state, person: state.me.id, place: state.place });
  if (location.hash !== address()) history.replaceState(null, "", address());
  markNew(state, arrived);
}

// The first message that came while nobody looked: above it stands the line. It stays until the
// person goes elsewhere.
function markNew(state, arrived) {
  if (arrived) desk.newFrom = "";
  const unseen = state.places.find((one) => one.id === state.place)?.unseen ?? 0;
  if (!unseen || desk.newFrom || !(arrived || document.hidden)) return;
  const foreign = state.messages.filter(({ message }) => message.user !== state.me.id);
  desk.newFrom = (foreign.at(-unseen) ?? foreign[0])?.message.ts ?? "";
}

let looked = "";

async function look() {
  const here = desk.state.places.find((one) => one.id === desk.place);
  const newest = desk.state.messages.at(-1)?.message.ts;
  const what = [desk.person, desk.place, newest].join("/");
  // Said once: each telling is a change, and a change is a reason to look.
  if (!here?.unseen || !newest || document.hidden || what === looked) return;
  if (await act("see", { as: desk.person, place: desk.place, ts: newest })) looked = what;
}

// -- begin --------------------------------------------------------------------------------------

export async function begin() {
  recall();
  await refresh();
  await openHome();
  const turned = (clock) => heed(clock) && desk.draw();
  listen((revision) => revision !== desk.state?.revision && refresh(), turned, refresh);
  document.addEventListener("visibilitychange", () => !document.hidden && refresh());
  window.addEventListener("hashchange", async () => {
    recall();
    await refresh();
    await openHome();
  });
}
