// One message: its author, its blocks or words, and what can be done with it.

import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { showSource } from "./dialogs.js";
import { closer, h, icon, sign } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { clock, say } from "./texts.js";
import { Values } from "./values.js";

const forms = new Map();

// What is half filled in outlives every redrawing.
export function formOf(name, list) {
  if (!forms.has(name)) forms.set(name, new Values(list));
  const values = forms.get(name);
  values.keepOnly(list);
  return values;
}

export const nameOf = (message, desk) => desk.state.names[message.user] ?? message.user;

export const momentOf = (message) => Number(message.ts) * 1000;

// `joined`: it goes on where the same person's last one ended, so the author is not named again.
export function drawMessage({ message, ephemeral }, joined, desk, around) {
  const bot = Boolean(message.bot_id);
  const name = nameOf(message, desk);
  const at = clock(momentOf(message), desk.state.me.tz);
  const time = h("time", { datetime: new Date(momentOf(message)).toISOString() }, at);
  const article = h(
    "article",
    {
      class: `message ${ephemeral ? "ephemeral" : ""} ${joined ? "joined" : ""}`,
      tabindex: "-1",
      "data-testid": ephemeral ? "ephemeral" : "message",
      "data-ts": message.ts,
      "data-holder": message.ts,
      "aria-label": `${name}，${at}`,
    },
    joined ? h("div", { class: "joined-time", "aria-hidden": "true" }, at) : avatar(message.user, name, { bot }),
    h(
      "div",
      { class: "message-body" },
      ephemeral && h("p", { class: "only-you" }, icon("eye"), say("only_you")),
      !joined && h("header", {}, h("strong", {}, name), bot && h("span", { class: "chip" }, say("app")), time),
      content(message, desk, around),
    ),
    h(
      "div",
      { class: "message-tools" },
      sign("code", say("details"), () => showSource(message), { testid: "message-source", look: null }),
      ephemeral && closer(say("dismiss"), () => desk.act("dismiss", { ts: message.ts })),
    ),
  );
  return reachable(article);
}

function content(message, desk, around) {
  const edited = message.edited && h("span", { class: "edited" }, say("edited"));
  if (!message.blocks?.length) return h("div", { class: "words" }, mrkdwn(message.text, { ...around, verbatim: false }), edited);
  const values = formOf(`${desk.person}/${message.ts}`, message.blocks);
  const press = (pressed) => desk.act("press", { ts: message.ts, values: values.all, ...pressed });
  return [blocks(message.blocks, { ...around, values, press }), edited];
}

// -- reached by keyboard: the log is one stop, and Tab goes on inside the message that has focus --

const CONTROLS = "button, select, input, textarea, a, [role=region]";
const controls = (article) => [...article.querySelectorAll(CONTROLS)];

function reachable(article) {
  const set = (index) => controls(article).forEach((one) => one.setAttribute("tabindex", index));
  set("-1");
  article.addEventListener("focusin", () => set("0"));
  article.addEventListener("focusout", (event) => article.contains(event.relatedTarget) || set("-1"));
  return article;
}

// Into the message: its first button or field, else its tools.
export function enter(article) {
  const inside = article.querySelector(".message-body");
  const first = controls(inside).find((one) => one.matches("button, select, input, textarea")) ?? controls(article)[0];
  first?.focus();
}
