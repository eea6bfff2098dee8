// The clock of a demo, in the bar: what time it is at the desk, and a card to turn it forward.
//
// The server turns it and says when; between two words of it the clock runs on by itself.

import { closer, fill, h, icon } from "./dom.js";
import { clock, date, days, isChinese, say } from "./texts.js";

const ZONE = "Asia/Taipei";
const TICK = 1000;
const OFFERS = { morning: "light", day: "forward", new_year: "lantern" };
const said = document.getElementById("said");

let told = null;
let ahead = 0;
let parts = null;
let language = null;

// The time at the desk; real time where its clock cannot be turned.
export const deskTime = () => Date.now() + ahead;

// What the server says of the clock. Whether the page must be drawn anew for it: another day came.
export function heed(now) {
  const before = told;
  told = now;
  ahead = told ? told.now - Date.now() : 0;
  if (before?.course && told && !told.course) said.textContent = say("clock.arrived", { time: written() });
  if (parts && told) show();
  return before?.day !== told?.day;
}

// What stood in an answer of the server: it counts at first only, for it may be older than the word
// that came in order, by the line.
export function meet(now) {
  if (!now || !told) heed(now);
}

// What stands in the bar: the time, and while it is turned a button to stop.
export function clockSigns(desk) {
  if (!told) return [];
  if (language !== isChinese()) {
    parts?.card.remove();
    parts = build(desk);
    language = isChinese();
    document.body.append(parts.card);
  }
  show();
  return [parts.stop, parts.sign];
}

// -- how it is written --------------------------------------------------------------------------

const written = () => `${date(deskTime(), ZONE)} ${clock(deskTime(), ZONE)}`;

// On a narrow screen the year is left out.
function short() {
  const { year, day, weekday } = days(deskTime(), ZONE);
  const wide = (words) => h("span", { class: "words-wide" }, words);
  return isChinese() ? [wide(year), `${day}（${weekday}）`] : [`${weekday} ${day}`, wide(` ${year}`)];
}

function left({ begin, end }) {
  return Math.min(Math.max((deskTime() - begin) / (end - begin), 0), 1);
}

// A day off by its name; weekends and the like have none.
const named = (off) => (/^[a-z_]+$/.test(off) ? "" : off);

// -- its parts ----------------------------------------------------------------------------------

function build(desk) {
  const act = (name, body) => desk.act(`clock_${name}`, body);
  const stop = () => act("stop");
  const made = {
    time: h("span", { class: "clock-time" }),
    off: h("span", { class: "clock-off" }, say("clock.off")),
    stop: button("clock-stop", "stop", say("clock.stop"), stop, { testid: "clock-stop", bare: true }),
    date: h("p", { class: "clock-date" }),
    hour: h("p", { class: "clock-hour" }),
    marks: h("p", { class: "clock-marks" }),
    offers: h("div", { class: "clock-offers" }),
    day: h("input", { type: "date", class: "line", id: "clock-date", required: true, "data-testid": "clock-date" }),
    roc: h("small", { class: "clock-roc", "aria-live": "polite" }),
    play: button("button primary", "play", say("clock.play"), () => act("play"), { testid: "clock-play" }),
    halt: button("button", "stop", say("clock.stop"), stop, { testid: "clock-halt" }),
    words: h("p", { class: "clock-words" }),
    progress: h("progress", { max: "1", "aria-label": say("clock") }),
  };
  const go = h("button", { class: "button", "data-testid": "clock-go" }, say("clock.go"));
  const jump = (event) => {
    event.preventDefault();
    act("jump", { to: made.day.value });
  };
  made.form = h("form", { class: "clock-form", onsubmit: jump }, h("label", { for: "clock-date" }, say("clock.date")), h("div", {}, made.day, go), made.roc);
  made.day.addEventListener("input", () => (made.roc.textContent = made.day.value ? date(Date.parse(`${made.day.value}T09:00+08:00`), ZONE) : ""));
  made.course = h("div", { class: "clock-course" }, made.words, made.progress, made.halt);
  made.card = card(made);
  made.sign = h(
    "button",
    { type: "button", class: "clock-sign", popovertarget: "clock", "aria-haspopup": "dialog", "data-testid": "clock" },
    icon("clock"),
    made.time,
    made.off,
  );
  made.offer = (name) => button("button", OFFERS[name], say(`clock.${name}`), () => act("jump", { to: name }), { testid: `clock-${name}` });
  return made;
}

function button(look, sign, words, onclick, { testid, bare = false }) {
  return h(
    "button",
    { type: "button", class: look, onclick, "data-testid": testid, "aria-label": bare ? words : null, title: bare ? words : null },
    icon(sign),
    !bare && h("span", {}, words),
  );
}

function card(made) {
  const close = closer(say("close"), () => made.card.hidePopover(), "clock-close");
  return h(
    "section",
    { id: "clock", class: "clock-card", popover: "auto", role: "dialog", "aria-label": say("clock"), "data-testid": "clock-card" },
    h("header", {}, h("h2", {}, say("clock")), close),
    h("div", { class: "clock-face" }, made.date, h("div", {}, made.hour, made.marks)),
    h("p", { class: "clock-about" }, say("clock.about")),
    made.course,
    made.offers,
    made.form,
    made.play,
  );
}

// -- showing ------------------------------------------------------------------------------------

let offered = "";

function show() {
  const { off, course, real, offers, day, last } = told;
  fill(parts.time, short(), " ", clock(deskTime(), ZONE));
  parts.off.hidden = off === null;
  parts.sign.setAttribute("aria-label", `${say("clock")}：${written()}${off === null ? "" : `（${say("clock.off")}）`}`);
  parts.sign.title = say("clock.about");
  parts.sign.classList.toggle("turning", course !== null);
  parts.sign.style.setProperty("--done", course ? left(course) : 0);
  parts.stop.hidden = course === null;
  parts.date.textContent = date(deskTime(), ZONE);
  parts.hour.textContent = clock(deskTime(), ZONE);
  fill(
    parts.marks,
    real && h("span", { class: "chip" }, say("clock.real")),
    off !== null && h("span", { class: "clock-off" }, say("clock.off")),
    off !== null && h("span", {}, named(off)),
  );
  const focused = parts.card.contains(document.activeElement) ? document.activeElement : null;
  parts.course.hidden = course === null;
  for (const other of [parts.offers, parts.form, parts.play]) other.hidden = course !== null;
  if (course) {
    parts.words.textContent = say(course.played ? "clock.playing" : "clock.jumping", { day: date(course.end, ZONE) });
    parts.progress.value = left(course);
  }
  // What had the focus may be gone with what it began.
  if (focused && !focused.checkVisibility()) (course ? parts.halt : parts.play).focus();
  parts.day.min = day;
  parts.day.max = last;
  if (offers.join() !== offered || !parts.offers.hasChildNodes()) {
    offered = offers.join();
    fill(parts.offers, offers.map(parts.offer));
  }
}

// Runs on between two words of the server.
setInterval(() => parts && told && show(), TICK);
