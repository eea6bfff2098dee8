// The middle: its head, a conversation with its composer or the App Home, and what stands between.

import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { drawLog, startLog } from "./conversation.js";
import { HOME } from "./desk.js";
import { showMembers, showSource } from "./dialogs.js";
import { fill, h, icon, sign } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { strip } from "./guide.js";
import { formOf } from "./message.js";
import { say } from "./texts.js";

const FACES = 3;
let frame = "";
let home = "";
let log = null;
let offline = null;
let strips = null;

export function drawMain(place, desk, around) {
  const here = desk.state.places.find((one) => one.id === desk.place);
  const key = JSON.stringify([desk.person, desk.place, here?.name, say("send")]);
  if (key !== frame) {
    frame = key;
    home = "";
    keepingFocus(place, () => build(place, desk, here));
  }
  offline.hidden = !desk.offline;
  strip(strips, desk);
  if (here) drawLog(log, desk, around);
  else drawHome(desk, around);
}

function build(place, desk, here) {
  log = h("div", { class: "log", role: "log", "aria-live": "off", "aria-label": here?.name ?? say("home") });
  offline = h("p", { class: "offline", role: "alert", "data-testid": "offline" }, icon("offline"), say("trouble.offline"));
  strips = h("div", {});
  const app = desk.place === HOME || desk.place === "dm";
  fill(place, [heading(desk, here), app && tabs(desk), offline, log, strips, here && composer(desk, here)]);
  if (here) startLog(log, place, desk);
}

function heading(desk, here) {
  const app = !here || here.id === "dm";
  const name = h("span", {}, here?.name ?? desk.state.bot.name);
  const title = app ? [avatar("", "", { bot: true }), name] : [icon(here.private ? "lock" : "hash"), name];
  const topic = h("p", { class: "topic" }, say(app ? "topic_app" : "topic_channel"));
  const source = !here && sign("code", say("details"), () => desk.state.home && showSource(desk.state.home), { look: "tool", testid: "home-source" });
  return h("header", { class: "heading" }, h("h1", {}, title), topic, here?.members && faces(desk, here.members), source);
}

function faces(desk, members) {
  const people = members.map((id) => desk.state.people.find((one) => one.id === id)).filter(Boolean);
  const label = say("members", { n: people.length });
  return h(
    "button",
    { type: "button", class: "tool", "aria-label": label, title: label, onclick: () => showMembers(people), "data-testid": "members" },
    h("span", { class: "faces" }, people.slice(0, FACES).map((one) => avatar(one.id, one.name))),
    String(people.length),
  );
}

// An app has two sides in Slack: its Home, and the messages with it.
function tabs(desk) {
  const tab = (id, code) =>
    h("button", { type: "button", "aria-current": desk.place === id ? "page" : null, onclick: () => desk.go(id), "data-testid": `tab-${id}` }, say(code));
  return h("nav", { class: "tabs", "aria-label": say("app") }, tab(HOME, "home_tab"), tab("dm", "messages_tab"));
}

function drawHome(desk, around) {
  const view = desk.state.home;
  const key = JSON.stringify([view?.hash, desk.person]);
  if (key === home) return;
  home = key;
  if (!view) {
    fill(log, h("div", { class: "empty" }, icon("home"), h("p", {}, say("home_empty"))));
    return;
  }
  const values = formOf(`home/${desk.person}`, view.blocks);
  const press = (pressed) => desk.act("press", { view_id: view.id, values: values.all, ...pressed });
  keepingFocus(log, () =>
    fill(
      log,
      h("article", { class: "home", tabindex: "-1", "data-testid": "home-view", "data-holder": "home" }, blocks(view.blocks, { ...around, values, press })),
    ),
  );
}
