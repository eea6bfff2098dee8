// The quick switcher: type a few signs of a place or a person, go there or be them.

import { avatar } from "./avatar.js";
import { HOME } from "./desk.js";
import { h, icon } from "./dom.js";
import { trap } from "./focus.js";
import { say } from "./texts.js";

const dialog = document.getElementById("switcher");
trap(dialog);

export function openSwitcher(desk) {
  const all = everything(desk);
  const input = h("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "found", "aria-autocomplete": "list",
    placeholder: say("search_hint"), "aria-label": say("search"), autocomplete: "off", spellcheck: "false", "data-testid": "switcher",
  });
  const list = h("ul", { class: "found", id: "found", role: "listbox", "aria-label": say("search") });
  let found = all;
  let at = 0;
  const leave = (one) => {
    dialog.close();
    one?.open();
  };
  const mark = (index) => {
    at = (index + found.length) % found.length;
    [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `found-${at}`);
  };
  const draw = () => {
    const asked = input.value.trim().toLowerCase();
    found = all.filter((one) => one.words.toLowerCase().includes(asked));
    const entry = (one, i) =>
      h("li", { role: "option", id: `found-${i}`, onclick: () => leave(one) }, one.sign(), h("span", {}, one.label), h("small", {}, one.told));
    list.replaceChildren(...(found.length ? found.map(entry) : [h("li", { "aria-disabled": "true" }, say("search_none"))]));
    if (found.length) mark(0);
  };
  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing || !(step || event.key === "Enter")) return;
    event.preventDefault();
    if (step && found.length) mark(at + step);
    else if (found.length) leave(found[at]);
  });
  dialog.setAttribute("aria-label", say("search"));
  dialog.replaceChildren(input, list, h("footer", {}, say("search_keys")));
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  draw();
  dialog.showModal();
  input.focus();
}

function everything(desk) {
  const { places, people, me } = desk.state;
  const place = (one) => ({
    label: one.name,
    words: `${one.name} ${one.id}`,
    told: one.unseen ? say("unread", { n: one.unseen }) : "",
    sign: () => (one.id === "dm" ? avatar("", "", { bot: true, tiny: true }) : icon(one.private ? "lock" : "hash")),
    open: () => desk.go(one.id),
  });
  const person = (one) => ({
    label: say("be", { name: one.name }),
    words: `${one.name} ${one.title} ${one.id}`,
    told: one.title,
    sign: () => avatar(one.id, one.name, { tiny: true }),
    open: () => desk.become(one.id),
  });
  const home = { label: say("home"), words: `${say("home")} home`, told: "", sign: () => icon("home"), open: () => desk.go(HOME) };
  return [home, ...places.map(place), ...people.filter((one) => one.id !== me.id).map(person)];
}
