// What a person presses or fills in. `around.values` keeps what was filled in until it is sent.

import { ask } from "./dialogs.js";
import { h } from "./dom.js";
import { files } from "./files.js";
import { mrkdwn } from "./mrkdwn.js";
import { say } from "./texts.js";
import { fromZone, toZone } from "./zone.js";

const DRAW = {
  button,
  static_select: select,
  checkboxes: ticks,
  datepicker: date,
  datetimepicker: moment,
  plain_text_input: line,
  file_input: (block, one, around, field) => files(block, one, around, marks(block, one, field)),
};
// Slack cuts what is written on a button at about this many characters.
const BUTTON = 30;

// What this page cannot draw is shown as it came, never left out.
export function element(block, one, around, field = {}) {
  return (DRAW[one.type] ?? unknown)(block, one, around, field);
}

function unknown(_, one) {
  return h("span", { class: "unknown" }, JSON.stringify(one));
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
    "aria-label": id ? null : one.placeholder?.text ?? one.action_id,
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
  const signs = [...one.text.text];
  const long = signs.length > BUTTON;
  return h(
    "button",
    {
      type: "button",
      class: `button ${one.style ?? ""}`,
      onclick: press,
      title: long ? one.text.text : null,
      "data-action-id": one.action_id,
      "data-value": one.value ?? "",
      "aria-label": one.accessibility_label ?? (long ? one.text.text : null),
    },
    long ? `${signs.slice(0, BUTTON).join("")}…` : one.text.text,
  );
}

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

function ticks(block, one, around, field) {
  const initial = (one.initial_options ?? []).map((choice) => choice.value);
  const now = () => kept(block, one, around, initial);
  const { id, ...own } = marks(block, one, field);
  const words = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text, around) : object.text);
  const tick = (choice) => {
    const box = h("input", { ...own, "aria-label": null, type: "checkbox", name: id ?? one.action_id, value: choice.value });
    box.checked = now().includes(choice.value);
    box.addEventListener("change", () => {
      const others = now().filter((value) => value !== choice.value);
      changed(block, one, around, [...others, ...(box.checked ? [choice.value] : [])]);
    });
    const described = choice.description && h("span", { class: "description" }, words(choice.description));
    return h("label", { class: "tick" }, box, h("span", {}, words(choice.text), described));
  };
  return h("div", { class: "ticks" }, one.options.map(tick));
}

function date(block, one, around, field) {
  const drawn = h("input", { ...marks(block, one, field), type: "date", class: "line narrow" });
  drawn.value = kept(block, one, around, one.initial_date ?? null) ?? "";
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

function line(block, one, around, field) {
  const names = { ...marks(block, one, field), class: "line", placeholder: one.placeholder?.text };
  const drawn = one.multiline ? h("textarea", { ...names, rows: "7" }) : h("input", { ...names, type: "text" });
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
