// Blocks as Slack draws them. `around` says where they stand: names, me, values, press, errors.

import { element } from "./elements.js";
import { h, icon } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { rich_text } from "./rich-text.js";
import { say } from "./texts.js";

const DRAW = { header, section, context, divider, actions, input, rich_text, table, data_visualization };

export function blocks(list, around) {
  return list.map((block) => {
    const drawn = (DRAW[block.type] ?? unknown)(block, around);
    drawn.classList.add("block", `block-${block.type}`);
    drawn.dataset.blockId = block.block_id;
    return drawn;
  });
}

function text(object, around) {
  if (object.type === "plain_text") return object.text;
  return mrkdwn(object.text, { ...around, verbatim: object.verbatim ?? false });
}

// What this page cannot draw is shown as it came, never left out.
function unknown(block) {
  return h("p", { class: "unknown" }, JSON.stringify(block));
}

function header(block, around) {
  return h("h3", {}, text(block.text, around));
}

function section(block, around) {
  return h(
    "div",
    {},
    h(
      "div",
      { class: "section-words" },
      block.text && h("div", { class: "words" }, text(block.text, around)),
      block.fields && h("div", { class: "fields" }, block.fields.map((one) => h("div", { class: "words" }, text(one, around)))),
    ),
    block.accessory && h("div", { class: "accessory" }, element(block, block.accessory, around)),
  );
}

function context(block, around) {
  return h("div", {}, block.elements.map((one) => h("span", { class: "words" }, text(one, around))));
}

function divider() {
  return h("hr");
}

function actions(block, around) {
  return h("div", {}, block.elements.map((one) => element(block, one, around)));
}

function input(block, around) {
  const grouped = block.element.type === "checkboxes";
  const id = `${block.block_id}-${block.element.action_id}`;
  const label = [block.label.text, block.optional && h("span", { class: "optional" }, say("optional"))];
  const wrong = around.errors?.[block.block_id];
  const described = [block.hint && `${id}-hint`, wrong && `${id}-error`].filter(Boolean).join(" ");
  return h(
    grouped ? "fieldset" : "div",
    { class: wrong ? "wrong" : "", "aria-describedby": grouped && described ? described : null },
    grouped ? h("legend", {}, label) : h("label", { for: id }, label),
    element(block, block.element, around, { id, described, required: !block.optional, wrong }),
    wrong && h("p", { class: "error", id: `${id}-error`, "data-testid": "modal-error" }, icon("info"), wrong),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, block.hint.text),
  );
}

// Bars grouped by category, as long as their share of the longest; the numbers stand beside them.
function data_visualization(block) {
  const { series, axis_config: axis } = block.chart;
  const longest = Math.max(1, ...series.flatMap((one) => one.data.map((point) => point.value)));
  const bar = (one, n, at) => {
    const { value } = one.data[at];
    const ink = h("span", { class: `ink ink-${n}` });
    // As a property: the page's own rules allow no styles in attributes.
    ink.style.width = `${(value / longest) * 85}%`;
    return value > 0 && h("div", { class: "chart-bar", title: one.name }, ink, h("span", { class: "value" }, String(value)));
  };
  const named = (one, n) => h("li", {}, h("span", { class: `ink ink-${n}` }), one.name);
  return h(
    "figure",
    { "aria-label": block.title },
    h("figcaption", {}, block.title, axis.y_label && h("span", { class: "unit" }, axis.y_label)),
    h("ul", { class: "legend" }, series.map(named)),
    h(
      "dl",
      {},
      axis.categories.flatMap((name, at) => [
        h("dt", {}, name),
        h("dd", {}, series.map((one, n) => bar(one, n, at))),
      ]),
    ),
  );
}

function table(block, around) {
  const cell = (tag) => (one, column) => {
    const setting = block.column_settings?.[column] ?? {};
    const drawn = one.type === "rich_text" ? rich_text(one, around) : one.text;
    return h(tag, { class: `align-${setting.align ?? "left"}`, scope: tag === "th" ? "col" : null }, drawn);
  };
  const [first, ...rest] = block.rows;
  return h(
    "div",
    { tabindex: "0", role: "region", "aria-label": first.map((one) => one.text ?? "").join("、") },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, first.map(cell("th")))),
      h("tbody", {}, rest.map((row) => h("tr", {}, row.map(cell("td"))))),
    ),
  );
}
