// Small dialogs: a question before an act, and the source of a message. Slack's modals are in modal.js.

import { h, icon } from "./dom.js";
import { decode } from "./mrkdwn.js";
import { say } from "./texts.js";

const place = () => document.getElementById("dialog");

function show(...content) {
  const dialog = place();
  dialog.replaceChildren(...content);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

export function closer(label, onclick, testid = null) {
  return h("button", { type: "button", class: "close", "aria-label": label, onclick, "data-testid": testid }, icon("close"));
}

// The confirm object of an element: true if the person goes on.
export async function ask({ title, text, confirm, deny, style }) {
  const dialog = place();
  dialog.returnValue = "";
  const answer = await show(
    h("header", {}, h("h2", { id: "dialog-title" }, title.text)),
    h("div", { class: "modal-body" }, h("p", { class: "words" }, decode(text.text))),
    h(
      "footer",
      {},
      h("button", { type: "button", class: "button", "data-testid": "confirm-no", onclick: () => dialog.close("no") }, deny.text),
      h(
        "button",
        { type: "button", class: `button ${style ?? "primary"}`, "data-testid": "confirm-yes", autofocus: true, onclick: () => dialog.close("yes") },
        confirm.text,
      ),
    ),
  );
  return answer === "yes";
}

export function showSource(message) {
  const dialog = place();
  return show(
    h("header", {}, h("h2", { id: "dialog-title" }, say("details")), closer(say("close"), () => dialog.close())),
    h(
      "div",
      { class: "modal-body" },
      h("h3", {}, say("notification_text")),
      h("p", { class: "notification-text words", "data-testid": "notification-text" }, decode(message.text ?? "")),
      h("h3", {}, say("json")),
      h("pre", { class: "source", tabindex: "0", "data-testid": "source" }, JSON.stringify(message, null, 2)),
    ),
  );
}

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
  setTimeout(() => shown.remove(), 12_000);
}
