// Small dialogs: a question before an act, the source of a message, who is in a channel, the keys.
// Slack's modals are in modal.js.

import { avatar } from "./avatar.js";
import { closer, fill, h, icon } from "./dom.js";
import { trap } from "./focus.js";
import { decode } from "./mrkdwn.js";
import { say } from "./texts.js";

const dialog = document.getElementById("dialog");
trap(dialog);

function show(title, { body, footer = null, closable = true }) {
  dialog.returnValue = "";
  fill(
    dialog,
    h("header", {}, h("h2", { id: "dialog-title" }, title), closable && closer(say("close"), () => dialog.close(), "dialog-close")),
    h("div", { class: "modal-body" }, body),
    footer && h("footer", {}, footer),
  );
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

// The confirm object of an element: true if the person goes on.
export async function ask({ title, text, confirm, deny, style }) {
  const answer = await show(title.text, {
    closable: false,
    body: h("p", { class: "words" }, decode(text.text)),
    footer: [
      h("button", { type: "button", class: "button", "data-testid": "confirm-no", onclick: () => dialog.close("no") }, deny.text),
      h(
        "button",
        { type: "button", class: `button ${style ?? "primary"}`, "data-testid": "confirm-yes", autofocus: true, onclick: () => dialog.close("yes") },
        confirm.text,
      ),
    ],
  });
  return answer === "yes";
}

function copier(text) {
  const button = h("button", { type: "button", class: "button copy", "data-testid": "copy" }, icon("copy"), say("copy"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.replaceChildren(icon("check"), say("copied"));
  });
  return button;
}

// A message with its notification text, or a view; both to the letter.
export function showSource(told) {
  const written = JSON.stringify(told, null, 2);
  const notice = told.type === "message" && [
    h("h3", {}, say("notification_text")),
    h("p", { class: "notification-text words", "data-testid": "notification-text" }, decode(told.text ?? "")),
  ];
  const source = h("pre", { class: "source", tabindex: "0", "aria-label": say("json"), "data-testid": "source" }, written);
  return show(say("details"), { body: [notice, h("h3", {}, say("json"), copier(written)), source] });
}

export function showMembers(people) {
  const person = (one) => h("li", {}, avatar(one.id, one.name), h("div", {}, h("strong", {}, one.name), h("br"), h("small", {}, one.title)));
  return show(say("members", { n: people.length }), { body: h("ul", { class: "members" }, people.map(person)) });
}

const KEYS = [
  ["jump", "Ctrl K ／ ⌘ K"],
  ["places", "Alt ↑ ／ Alt ↓"],
  ["regions", "F6 ／ Shift F6"],
  ["messages", "↑ ／ ↓"],
  ["enter", "Enter"],
  ["send", "Enter"],
  ["newline", "Shift Enter"],
  ["escape", "Esc"],
  ["help", "?"],
];

export function showKeys() {
  const line = ([name, keys]) => [h("dt", {}, say(`key.${name}`)), h("dd", {}, keys.split(" ").map((key) => (key === "／" ? " ／ " : h("kbd", {}, key))))];
  return show(say("keys"), { body: h("dl", { class: "shortcuts", "data-testid": "shortcuts" }, KEYS.map(line)) });
}
