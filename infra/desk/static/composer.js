// The composer: words for everybody, or a command; commands are offered while they are typed.

import { COMMAND, WORDS } from "./commands.js";
import { h, icon } from "./dom.js";
import { remember } from "./story.js";
import { isChinese, say } from "./texts.js";

const TALLEST = 180;
const STATUS = new RegExp(`^${COMMAND}\\s+(status|狀態)(\\s|$)`);
const drafts = new Map();

const field = () => document.querySelector('[data-testid="composer"]');

// Puts words into the composer, for the person to send.
export function compose(text) {
  const line = field();
  line.value = text;
  line.dispatchEvent(new Event("input"));
  line.focus();
}

export function composer(desk, here) {
  const label = say("composer", { place: here.id === "dm" ? here.name : `#${here.name}` });
  const name = `${desk.person}/${desk.place}`;
  const line = h("textarea", { rows: "1", placeholder: label, "aria-label": label, "data-testid": "composer", "aria-autocomplete": "list", "aria-controls": "offers" });
  const offers = h("ul", { class: "offers", id: "offers", role: "listbox", "aria-label": say("commands"), hidden: true, "data-testid": "offers" });
  line.value = drafts.get(name) ?? "";
  const send = async () => {
    const text = line.value.trim();
    if (!text) return;
    line.value = "";
    drafts.delete(name);
    changed();
    const outcome = await desk.act("type", { text });
    if (outcome?.trouble || outcome === null) line.value ||= text;
    else if (STATUS.test(text)) {
      remember({ told: true });
      desk.draw();
    }
  };
  const changed = () => {
    drafts.set(name, line.value);
    line.style.height = "auto";
    line.style.height = `${Math.min(line.scrollHeight, TALLEST)}px`;
    offer(line, offers);
  };
  line.addEventListener("input", changed);
  line.addEventListener("blur", () => hide(line, offers));
  line.addEventListener("keydown", (event) => {
    if (event.isComposing || choose(event, line, offers)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  });
  return h(
    "form",
    { class: "composer", onsubmit: (event) => { event.preventDefault(); send(); } },
    offers,
    line,
    h(
      "div",
      {},
      h("button", { type: "button", class: "composer-tool", title: say("commands"), onclick: () => compose(`${COMMAND} `), "data-testid": "commands" }, icon("slash"), COMMAND),
      h("button", { type: "submit", class: "send", "aria-label": say("send"), "data-testid": "send" }, icon("send")),
    ),
  );
}

// -- what is offered ----------------------------------------------------------------------------

// Every command that begins with what is typed; none where one is typed to its end.
function fitting(text) {
  if (!text.startsWith("/")) return [];
  const spoken = (word) => `${COMMAND} ${isChinese() ? word.zh : word.en}`;
  const both = (word) => [`${COMMAND} ${word.zh}`, `${COMMAND} ${word.en}`];
  if (WORDS.some((word) => both(word).includes(text.trimEnd()))) return [];
  return WORDS.filter((word) => both(word).some((one) => one.startsWith(text))).map((word) => ({ ...word, spoken: spoken(word) }));
}

function offer(line, offers) {
  const found = fitting(line.value);
  offers.hidden = found.length === 0;
  offers.replaceChildren(
    ...found.map((word, index) =>
      h(
        "li",
        { role: "option", id: `offer-${index}`, "data-text": `${word.spoken} `, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); take(word.spoken, line); } },
        h("strong", {}, word.spoken, " ", h("em", {}, say(`command.${word.name}.more`))),
        h("span", {}, say(`command.${word.name}`)),
      ),
    ),
  );
  line.removeAttribute("aria-activedescendant");
}

function hide(line, offers) {
  offers.hidden = true;
  line.removeAttribute("aria-activedescendant");
}

function take(text, line) {
  line.value = `${text} `;
  line.dispatchEvent(new Event("input"));
}

// Arrows walk through the offers, Tab or Enter takes one, Esc sends them away. True if it was theirs.
function choose(event, line, offers) {
  if (offers.hidden) return false;
  const all = [...offers.children];
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(all, (at < 0 && step < 0 ? all.length - 1 : at + step + all.length) % all.length, line);
  else if (event.key === "Escape") hide(line, offers);
  else if ((event.key === "Tab" && !event.shiftKey) || (event.key === "Enter" && at >= 0)) take((all[at] ?? all[0]).dataset.text.trimEnd(), line);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

function mark(all, index, line) {
  all.forEach((one, i) => one.setAttribute("aria-selected", String(i === index)));
  line.setAttribute("aria-activedescendant", all[index].id);
}
