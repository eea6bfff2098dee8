// The left side: which workspace, who I am, and where I can go.

import { h, icon } from "./dom.js";
import { say } from "./texts.js";

let drawn = "";

export function sidebar(place, desk) {
  const { state } = desk;
  const key = JSON.stringify([state.me, state.people, state.places, desk.place, desk.panel, say("who")]);
  if (key === drawn) return;
  drawn = key;
  const focused = document.activeElement?.dataset?.testid;
  const dm = state.places.find((one) => one.id === "dm");
  place.setAttribute("aria-label", state.team);
  place.replaceChildren(
    h("header", { class: "team" }, h("strong", {}, state.team), h("span", { class: "chip" }, say("simulated"))),
    who(desk),
    h(
      "nav",
      { "aria-label": say("channels") },
      item(desk, { id: "home", testid: "home", icon: "home", label: say("home") }),
      h("h2", {}, say("channels")),
      state.places.filter((one) => one.id !== "dm").map((one) =>
        item(desk, { ...one, testid: `channel-${one.name}`, icon: one.private ? "lock" : "hash", label: one.name }),
      ),
      h("h2", {}, say("directs")),
      item(desk, { ...dm, testid: "dm-bot", icon: "desk", label: dm.name }),
    ),
    h(
      "footer",
      {},
      h("button", { type: "button", onclick: () => desk.show("guide"), "aria-pressed": desk.panel === "guide", "data-testid": "guide-open" }, icon("guide"), say("guide")),
      h("button", { type: "button", onclick: () => desk.speak(), "aria-label": say("language_label"), "data-testid": "language" }, say("language")),
    ),
  );
  if (focused) place.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

function who(desk) {
  const { me, people } = desk.state;
  const option = (one) => h("option", { value: one.id }, [one.name, one.title].filter(Boolean).join("｜"));
  const select = h("select", { id: "who", "data-testid": "who", onchange: (event) => desk.become(event.target.value) }, people.map(option));
  select.value = me.id;
  return h(
    "div",
    { class: "who" },
    h("label", { for: "who" }, say("who")),
    h("div", { class: "who-card" }, avatar(me.id, me.name), h("div", {}, h("strong", {}, me.name), h("span", {}, [me.title, me.guest && say("guest")].filter(Boolean).join("｜"))), select),
  );
}

function item(desk, { id, testid, icon: name, label, unseen }) {
  const here = desk.place === id;
  return h(
    "button",
    {
      type: "button",
      class: `place ${unseen && !here ? "unseen" : ""}`,
      "aria-current": here ? "page" : null,
      "data-testid": testid,
      onclick: () => desk.go(id),
    },
    icon(name),
    h("span", { class: "place-name" }, label),
    unseen && !here ? h("span", { class: "count", "data-testid": `unread-${testid}`, "aria-label": say("unread", { n: unseen }) }, String(unseen)) : null,
  );
}

export function avatar(id, name, bot = false) {
  const hue = [...id].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) % 12, 7);
  return h("span", { class: `avatar ${bot ? "bot" : `hue-${hue}`}`, "aria-hidden": "true" }, bot ? icon("desk") : [...name][0]);
}
