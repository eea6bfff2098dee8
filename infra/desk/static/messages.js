// The middle: a conversation or the App Home, and the composer.

import { blocks } from "./blocks.js";
import { closer, showSource } from "./dialogs.js";
import { h, icon } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./sidebar.js";
import { clock, day, say } from "./texts.js";
import { Values } from "./values.js";

const NEAR = 120;
const shown = new Map();
const forms = new Map();
let frame = "";
let home = "";
let log = null;
let where = "";
const drafts = new Map();

export function drawMain(place, desk, around) {
  const here = desk.state.places.find((one) => one.id === desk.place);
  const key = JSON.stringify([desk.person, desk.place, here?.name, say("send")]);
  if (key !== frame) {
    frame = key;
    home = "";
    shown.clear();
    log = h("div", { class: "log", tabindex: "0", role: "log", "aria-label": here?.name ?? say("home") });
    place.replaceChildren(...[heading(desk, here), log, here && composer(desk, here)].filter(Boolean));
  }
  place.querySelector(".tool").setAttribute("aria-pressed", String(desk.panel === "notices"));
  if (here) drawLog(desk, around);
  else drawHome(desk, around);
}

function heading(desk, here) {
  const title = here ? [here.id === "dm" ? avatar("", "", true) : icon(here.private ? "lock" : "hash"), here.name] : [icon("home"), say("home")];
  return h(
    "header",
    { class: "heading" },
    h("h1", {}, title),
    h("button", { type: "button", class: "tool", onclick: () => desk.show("notices"), "data-testid": "notices" }, icon("bell"), say("notices")),
  );
}

// -- the App Home -------------------------------------------------------------------------------

function drawHome(desk, around) {
  const view = desk.state.home;
  const key = JSON.stringify([view?.hash, desk.person]);
  if (key === home) return;
  home = key;
  if (!view) {
    log.replaceChildren(empty(say("home_empty")));
    return;
  }
  const values = form(`home/${desk.person}`, view.blocks);
  const press = (pressed) => desk.act("press", { view_id: view.id, values: values.all, ...pressed });
  log.replaceChildren(h("article", { class: "home", "data-testid": "home-view" }, blocks(view.blocks, { ...around, values, press })));
}

// -- a conversation -----------------------------------------------------------------------------

// Only what changed is drawn anew, so focus and open menus stay.
function drawLog(desk, around) {
  const { messages, more, me } = desk.state;
  const moved = where !== `${desk.person}/${desk.place}`;
  where = `${desk.person}/${desk.place}`;
  const newest = messages.at(-1);
  // What only I can see answers what I just did: it must not come unseen.
  const answered = newest?.ephemeral && !shown.has(newest.message.ts);
  const atEnd = moved || answered || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  const nodes = more ? [button("earlier", () => desk.earlier())] : [];
  let before = "";
  for (const entry of messages) {
    const moment = Number(entry.message.ts) * 1000;
    const date = day(moment, me.tz);
    if (date !== before) nodes.push(dated(date));
    before = date;
    nodes.push(known(entry, desk, around));
  }
  if (!messages.length) nodes.push(empty(say("empty"), say(desk.place === "dm" ? "empty_dm" : "empty_more")));
  const old = [...log.children];
  if (nodes.length !== old.length || nodes.some((node, i) => node !== old[i])) arrange(nodes);
  if (atEnd) log.scrollTop = log.scrollHeight;
}

// Nodes that stay are not moved: what is moved loses its focus.
function arrange(nodes) {
  for (const old of [...log.children]) if (!nodes.includes(old)) old.remove();
  nodes.forEach((node, i) => {
    if (log.children[i] !== node) log.insertBefore(node, log.children[i] ?? null);
  });
}

const dates = new Map();
const dated = (date) => once(`${where}/${date}`, dates, () => h("div", { class: "day" }, h("span", {}, date)));
const button = (code, act) => h("button", { type: "button", class: "button earlier", onclick: act }, say(code));

function once(name, kept, make) {
  if (!kept.has(name)) kept.set(name, make());
  return kept.get(name);
}

function known(entry, desk, around) {
  const key = JSON.stringify(entry);
  const before = shown.get(entry.message.ts);
  if (before?.key === key) return before.node;
  const node = draw(entry, desk, around);
  shown.set(entry.message.ts, { key, node });
  return node;
}

function form(name, list) {
  const values = once(name, forms, () => new Values(list));
  values.keepOnly(list);
  return values;
}

function draw({ message, ephemeral }, desk, around) {
  const bot = Boolean(message.bot_id);
  const name = desk.state.names[message.user] ?? message.user;
  const moment = Number(message.ts) * 1000;
  return h(
    "article",
    { class: `message ${ephemeral ? "ephemeral" : ""}`, "data-testid": ephemeral ? "ephemeral" : "message", "data-ts": message.ts, "aria-label": name },
    avatar(message.user, name, bot),
    h(
      "div",
      { class: "message-body" },
      ephemeral && h("p", { class: "only-you" }, icon("eye"), say("only_you")),
      h(
        "header",
        {},
        h("strong", {}, name),
        bot && h("span", { class: "chip" }, say("app")),
        h("time", { datetime: new Date(moment).toISOString() }, clock(moment, desk.state.me.tz)),
      ),
      content(message, desk, around),
    ),
    h(
      "div",
      { class: "message-tools" },
      h("button", { type: "button", "aria-label": say("details"), title: say("details"), onclick: () => showSource(message), "data-testid": "message-source" }, icon("code")),
      ephemeral && closer(say("dismiss"), () => desk.act("dismiss", { ts: message.ts })),
    ),
  );
}

function content(message, desk, around) {
  const edited = message.edited && h("span", { class: "edited" }, say("edited"));
  if (!message.blocks?.length) return h("div", { class: "words" }, mrkdwn(message.text, { ...around, verbatim: false }), edited);
  const values = form(`${desk.person}/${message.ts}`, message.blocks);
  const press = (pressed) => desk.act("press", { ts: message.ts, values: values.all, ...pressed });
  return [blocks(message.blocks, { ...around, values, press }), edited];
}

function empty(...lines) {
  return h("div", { class: "empty" }, icon("desk"), lines.map((line) => h("p", {}, line)));
}

// -- the composer -------------------------------------------------------------------------------

function composer(desk, here) {
  const label = say("composer", { place: here.id === "dm" ? here.name : `#${here.name}` });
  const name = `${desk.person}/${desk.place}`;
  const line = h("textarea", { rows: "1", placeholder: label, "aria-label": label, "data-testid": "composer" });
  line.value = drafts.get(name) ?? "";
  const send = async () => {
    const text = line.value.trim();
    if (!text) return;
    line.value = "";
    drafts.delete(name);
    fit();
    const outcome = await desk.act("type", { text });
    if (outcome?.trouble || outcome === null) line.value ||= text;
  };
  const fit = () => {
    line.style.height = "auto";
    line.style.height = `${Math.min(line.scrollHeight, 180)}px`;
  };
  line.addEventListener("input", () => {
    drafts.set(name, line.value);
    fit();
  });
  line.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  return h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); send(); } }, line, h("button", { type: "submit", class: "send", "aria-label": say("send"), "data-testid": "send" }, icon("send")));
}
