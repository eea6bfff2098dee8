// What a person presses or fills in. `around.values` keeps what was filled in until it is sent.

import { h, icon } from "./dom.js";
import { ask } from "./dialogs.js";
import { mrkdwn } from "./mrkdwn.js";
import { say } from "./texts.js";
import { fromZone, toZone } from "./zone.js";

const DRAW = {
  button,
  static_select: select,
  overflow,
  checkboxes: (...all) => ticks("checkbox", ...all),
  radio_buttons: (...all) => ticks("radio", ...all),
  datepicker: (...all) => picker("date", "initial_date", ...all),
  timepicker: (...all) => picker("time", "initial_time", ...all),
  datetimepicker: moment,
  plain_text_input: line,
  email_text_input: line,
  url_text_input: line,
  number_input: line,
  image: (_, one) => h("img", { src: one.image_url, alt: one.alt_text, class: "thumbnail" }),
};

export function element(block, one, around, field = {}) {
  return DRAW[one.type](block, one, around, field);
}

// What every field carries: its names, and what belongs to it.
function marks(block, one, { id, described, required, wrong }) {
  return {
    id,
    "data-block-id": block.block_id,
    "data-action-id": one.action_id,
    "aria-describedby": described || null,
    "aria-required": required ? "true" : null,
    "aria-invalid": wrong ? "true" : null,
    "aria-label": id ? null : one.placeholder?.text ?? one.accessibility_label ?? one.action_id,
  };
}

// A change is kept; outside of input blocks, and where the block wishes it, the app is told at once.
async function changed(block, one, around, given) {
  around.values.set(block.block_id, one.action_id, given);
  if (block.type === "input" && !block.dispatch_action) return;
  if (one.confirm && !(await ask(one.confirm))) return;
  await around.press({ block_id: block.block_id, action_id: one.action_id, given });
}

const kept = (block, one, around, initial) => around.values.get(block.block_id, one.action_id, initial);

function button(block, one, around) {
  const press = async (event) => {
    const pressed = event.currentTarget;
    if (pressed.getAttribute("aria-busy") === "true") return;
    if (one.confirm && !(await ask(one.confirm))) return;
    if (one.url) window.open(one.url, "_blank", "noopener,noreferrer");
    pressed.setAttribute("aria-busy", "true");
    await around.press({ block_id: block.block_id, action_id: one.action_id, given: one.value ?? null });
    pressed.removeAttribute("aria-busy");
  };
  return h(
    "button",
    {
      type: "button",
      class: `button ${one.style ?? ""}`,
      onclick: press,
      "data-action-id": one.action_id,
      "data-value": one.value,
      "aria-label": one.accessibility_label,
    },
    one.text.text,
  );
}

const optionsOf = (one) => [one, ...(one.option_groups ?? [])].flatMap((group) => group.options ?? []);

function select(block, one, around, field) {
  const option = (choice) => h("option", { value: choice.value }, choice.text.text);
  const chosen = kept(block, one, around, one.initial_option?.value ?? null);
  const drawn = h(
    "select",
    { ...marks(block, one, field), class: "select" },
    h("option", { value: "" }, one.placeholder?.text ?? say("choose")),
    (one.options ?? []).map(option),
    (one.option_groups ?? []).map((group) => h("optgroup", { label: group.label.text }, group.options.map(option))),
  );
  drawn.value = chosen ?? "";
  drawn.addEventListener("change", () => changed(block, one, around, drawn.value || null));
  return drawn;
}

function overflow(block, one, around) {
  const menu = h("div", { class: "menu", role: "menu", hidden: true });
  const opener = h(
    "button",
    { type: "button", class: "button overflow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": say("more"), "data-action-id": one.action_id },
    icon("more"),
  );
  const show = (open) => {
    menu.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) menu.firstElementChild.focus();
  };
  const choose = async (choice) => {
    show(false);
    opener.focus();
    if (choice.url) window.open(choice.url, "_blank", "noopener,noreferrer");
    if (one.confirm && !(await ask(one.confirm))) return;
    await around.press({ block_id: block.block_id, action_id: one.action_id, given: choice.value });
  };
  menu.append(
    ...one.options.map((choice) =>
      h("button", { type: "button", role: "menuitem", tabindex: "-1", "data-value": choice.value, onclick: () => choose(choice) }, choice.text.text),
    ),
  );
  opener.addEventListener("click", () => show(menu.hidden));
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const items = [...menu.children];
    if (step) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    if (event.key === "Escape") {
      show(false);
      opener.focus();
    }
    if (step || event.key === "Escape") event.preventDefault();
  });
  const place = h("span", { class: "overflow-place" }, opener, menu);
  place.addEventListener("focusout", (event) => {
    if (!place.contains(event.relatedTarget)) show(false);
  });
  return place;
}

function ticks(kind, block, one, around, field) {
  const many = kind === "checkbox";
  const initial = many ? (one.initial_options ?? []).map((choice) => choice.value) : one.initial_option?.value ?? null;
  const now = () => kept(block, one, around, initial);
  const { id, ...own } = marks(block, one, field);
  const group = id ?? `${block.block_id}-${one.action_id}`;
  const words = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text, around) : object.text);
  const tick = (choice) => {
    const box = h("input", { ...own, "aria-label": null, type: kind, name: group, value: choice.value });
    box.checked = many ? now().includes(choice.value) : now() === choice.value;
    box.addEventListener("change", () => {
      const others = many ? now().filter((value) => value !== choice.value) : [];
      changed(block, one, around, many ? [...others, ...(box.checked ? [choice.value] : [])] : choice.value);
    });
    const described = choice.description && h("span", { class: "description" }, words(choice.description));
    return h("label", { class: "tick" }, box, h("span", {}, words(choice.text), described));
  };
  return h("div", { class: "ticks" }, one.options.map(tick));
}

function picker(kind, initial, block, one, around, field) {
  const drawn = h("input", { ...marks(block, one, field), type: kind, class: "line narrow" });
  drawn.value = kept(block, one, around, one[initial] ?? null) ?? "";
  drawn.addEventListener("change", () => changed(block, one, around, drawn.value || null));
  return drawn;
}

// Wall time in the person's own zone, as in Slack; the app gets seconds since 1970.
function moment(block, one, around, field) {
  const drawn = h("input", { ...marks(block, one, field), type: "datetime-local", class: "line narrow" });
  const seconds = kept(block, one, around, one.initial_date_time ?? null);
  drawn.value = seconds ? toZone(seconds, around.zone) : "";
  drawn.addEventListener("change", () => changed(block, one, around, drawn.value ? fromZone(drawn.value, around.zone) : null));
  return drawn;
}

const KINDS = { email_text_input: "email", url_text_input: "url" };

function line(block, one, around, field) {
  const names = { ...marks(block, one, field), class: "line", placeholder: one.placeholder?.text };
  const drawn = one.multiline
    ? h("textarea", { ...names, rows: "7" })
    : h("input", { ...names, type: KINDS[one.type] ?? "text", inputmode: one.type === "number_input" ? "decimal" : null });
  drawn.value = kept(block, one, around, one.initial_value ?? "") ?? "";
  const counter = one.max_length && h("span", { class: "counter", "aria-hidden": "true" });
  const count = () => {
    if (!counter) return;
    const left = one.max_length - [...drawn.value].length;
    counter.textContent = String(left);
    counter.classList.toggle("over", left < 0);
    counter.classList.toggle("near", left >= 0 && left <= Math.max(20, one.max_length / 10));
  };
  drawn.addEventListener("input", () => {
    around.values.set(block.block_id, one.action_id, drawn.value);
    count();
  });
  if (!one.multiline) {
    drawn.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (block.dispatch_action) changed(block, one, around, drawn.value);
      else around.submit?.();
    });
  }
  count();
  return counter ? h("div", { class: "counted" }, drawn, counter) : drawn;
}
