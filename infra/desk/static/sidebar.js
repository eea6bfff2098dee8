// The sidebar: which workspace, who I am, and where I can go.

import { avatar } from "./avatar.js";
import { HOME } from "./desk.js";
import { fill, h, icon } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { say } from "./texts.js";

let drawn = "";

export function drawSidebar(place, desk) {
  const { state } = desk;
  const key = JSON.stringify([state.me, state.people, state.places, desk.place, say("who")]);
  if (key === drawn) return;
  drawn = key;
  const dm = state.places.find((one) => one.id === "dm");
  const channels = state.places.filter((one) => one.id !== "dm");
  keepingFocus(place, () =>
    fill(
      place,
      h("div", { class: "team" }, h("strong", {}, state.team), h("span", { class: "chip" }, say("simulated"))),
      who(desk),
      h(
        "nav",
        { "aria-label": say("places") },
        item(desk, { id: HOME, testid: "home", label: say("home") }, icon("home")),
        h("h2", {}, say("channels")),
        channels.map((one) => item(desk, { ...one, testid: `channel-${one.name}`, label: one.name }, icon(one.private ? "lock" : "hash"))),
        h("h2", {}, say("apps")),
        item(desk, { ...dm, testid: "dm-bot", label: dm.name }, avatar("", "", { bot: true })),
      ),
    ),
  );
}

function who(desk) {
  const { me, people } = desk.state;
  const option = (one) => h("option", { value: one.id }, [one.name, one.title].filter(Boolean).join("｜"));
  const select = h("select", { id: "who", "data-testid": "who", onchange: (event) => desk.become(event.target.value) }, people.map(option));
  select.value = me.id;
  const title = [me.title, me.guest && say("guest")].filter(Boolean).join("｜");
  return h(
    "div",
    { class: "who" },
    h("label", { for: "who" }, say("who")),
    h("div", { class: "who-card" }, avatar(me.id, me.name), h("div", {}, h("strong", {}, me.name), h("span", {}, title)), select),
  );
}

function item(desk, { id, testid, label, unseen }, sign) {
  const here = desk.place === id;
  const news = unseen > 0 && !here;
  return h(
    "button",
    {
      type: "button",
      class: `place ${news ? "unseen" : ""}`,
      "aria-current": here ? "page" : null,
      "data-testid": testid,
      onclick: () => desk.go(id),
    },
    sign,
    h("span", { class: "place-name" }, label),
    news && h("span", { class: "count", "data-testid": `unread-${testid}`, "aria-label": say("unread", { n: unseen }) }, String(unseen)),
  );
}
