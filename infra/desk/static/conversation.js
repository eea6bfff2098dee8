// The log of a conversation: days, the line above what is new, and messages, each drawn once.

import { h, icon } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { drawMessage, enter, momentOf, nameOf } from "./message.js";
import { decode } from "./mrkdwn.js";
import { day, say } from "./texts.js";

const NEAR = 120;
// Seconds within which a person's next words need no name above them.
const TOGETHER = 300;
// From so many messages on, only those that are looked at are laid out.
const LONG = 200;

const said = document.getElementById("said");
let shown = new Map();
let dates = new Map();
let line = null;
let jump = null;
let stop = "";
let begun = false;

export function startLog(log, place, desk) {
  shown = new Map();
  dates = new Map();
  stop = "";
  begun = false;
  line = h("div", { class: "new-line", role: "separator", "data-testid": "new-line" }, h("span", {}, say("new")));
  jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => toLine(log) }, icon("up"), say("jump"));
  place.append(jump);
  log.addEventListener("scroll", () => showJump(log), { passive: true });
  log.addEventListener("keydown", (event) => walk(event, log));
  log.addEventListener("focusin", (event) => {
    stop = event.target.closest("[data-ts]")?.dataset.ts ?? stop;
    oneStop(log);
  });
}

// Only what changed is drawn anew, so focus, open menus and the place that is read stay.
export function drawLog(log, desk, around) {
  const { messages, more, me } = desk.state;
  const newest = messages.at(-1);
  // What only I can see answers what I just did: it must not come unseen.
  const answered = newest?.ephemeral && !shown.has(newest.message.ts);
  const below = log.scrollHeight - log.scrollTop;
  const atEnd = !begun || answered || below - log.clientHeight < NEAR;
  if (begun) announce(messages, desk);
  const nodes = more ? [earlier(log, desk)] : [];
  let last = null;
  let date = "";
  for (const entry of messages) {
    const now = day(momentOf(entry.message), me.tz, desk.now());
    if (now !== date) nodes.push(dated(now));
    const isNew = entry.message.ts === desk.newFrom;
    if (isNew) nodes.push(line);
    nodes.push(known(entry, now === date && !isNew && joins(entry, last), desk, around));
    date = now;
    last = entry;
  }
  if (!messages.length) nodes.push(empty(desk.place));
  keepingFocus(log, () => arrange(log, nodes));
  forgetAllBut(messages);
  log.classList.toggle("long", messages.length > LONG);
  if (atEnd) toEnd(log);
  begun = true;
  oneStop(log);
  showJump(log);
}

// Nodes that stay are not moved: what is moved loses its focus.
function arrange(log, nodes) {
  const staying = new Set(nodes);
  for (const old of [...log.children]) if (!staying.has(old)) old.remove();
  let next = log.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else log.insertBefore(node, next);
  }
}

// Heights that were only estimated are known a frame later.
function toEnd(log) {
  log.scrollTop = log.scrollHeight;
  if (log.classList.contains("long")) requestAnimationFrame(() => (log.scrollTop = log.scrollHeight));
}

function known(entry, joined, desk, around) {
  const key = JSON.stringify([entry, joined]);
  const before = shown.get(entry.message.ts);
  if (before?.key === key) return before.node;
  const node = drawMessage(entry, joined, desk, around);
  shown.set(entry.message.ts, { key, node });
  return node;
}

function forgetAllBut(messages) {
  const here = new Set(messages.map(({ message }) => message.ts));
  for (const ts of shown.keys()) if (!here.has(ts)) shown.delete(ts);
}

function joins({ message, ephemeral }, last) {
  if (!last || ephemeral || last.ephemeral || message.blocks?.length || last.message.blocks?.length) return false;
  return message.user === last.message.user && Number(message.ts) - Number(last.message.ts) < TOGETHER;
}

function dated(date) {
  if (!dates.has(date)) dates.set(date, h("div", { class: "day" }, h("span", {}, date)));
  return dates.get(date);
}

// What is read stays where it is while earlier messages come above it.
function earlier(log, desk) {
  const fetch = async () => {
    const below = log.scrollHeight - log.scrollTop;
    await desk.earlier();
    log.scrollTop = log.scrollHeight - below;
  };
  return h("button", { type: "button", class: "button earlier", onclick: fetch }, say("earlier"));
}

function empty(place) {
  const lines = [say("empty"), say(place === "dm" ? "empty_dm" : "empty_more")];
  return h("div", { class: "empty" }, icon("desk"), lines.map((words) => h("p", {}, words)));
}

// -- the line above what is new -----------------------------------------------------------------

function showJump(log) {
  jump.hidden = !line.isConnected || line.getBoundingClientRect().bottom > log.getBoundingClientRect().top;
}

function toLine(log) {
  line.scrollIntoView({ block: "center" });
  line.nextElementSibling.focus({ preventScroll: true });
  showJump(log);
}

function announce(messages, desk) {
  const fresh = messages.filter(({ message }) => !shown.has(message.ts) && message.user !== desk.person);
  const newer = fresh.filter(({ message }) => message.ts > ([...shown.keys()].at(-1) ?? ""));
  if (newer.length) said.textContent = newer.map(({ message }) => `${nameOf(message, desk)}：${decode(message.text ?? "")}`).join("\n");
}

// -- the keyboard -------------------------------------------------------------------------------

// The log is one stop of Tab: the message that had the focus last, else the newest.
function oneStop(log) {
  const all = [...log.querySelectorAll(":scope > .message")];
  const here = all.find((one) => one.dataset.ts === stop) ?? all.at(-1);
  for (const one of all) {
    const index = one === here ? "0" : "-1";
    if (one.getAttribute("tabindex") !== index) one.setAttribute("tabindex", index);
  }
}

function walk(event, log) {
  const at = event.target.closest(".message");
  if (!at || event.altKey || event.ctrlKey || event.metaKey) return;
  const inside = event.target !== at;
  if (inside && event.key === "Escape") at.focus();
  else if (inside) return;
  else if (event.key === "Escape") document.querySelector('[data-testid="composer"]').focus();
  else if (event.key === "Enter") enter(at);
  else if (!move(event.key, at, log)) return;
  event.preventDefault();
  event.stopPropagation();
}

function move(key, at, log) {
  const all = [...log.querySelectorAll(":scope > .message")];
  const to = { ArrowUp: all.indexOf(at) - 1, ArrowDown: all.indexOf(at) + 1, Home: 0, End: all.length - 1 }[key];
  if (to === undefined) return false;
  const next = all[Math.min(Math.max(to, 0), all.length - 1)];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}
