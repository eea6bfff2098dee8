// Blocks as Slack draws them. `around` says where they stand: names, me, values, press, errors.

import { h, icon } from "./dom.js";
import { element } from "./elements.js";
import { emojiOf, link, mention, mrkdwn } from "./mrkdwn.js";
import { say } from "./texts.js";

const DRAW = { header, section, context, divider, actions, input, rich_text, image, table };

export function blocks(list, around) {
  return list.map((block) => {
    const drawn = (DRAW[block.type] ?? unknown)(block, around);
    drawn.classList.add("block", `block-${block.type}`);
    drawn.dataset.blockId = block.block_id;
    return drawn;
  });
}

export function text(object, around) {
  if (object.type === "plain_text") return object.text;
  return mrkdwn(object.text, { ...around, verbatim: object.verbatim ?? false });
}

function unknown(block) {
  return h("p", {}, `[${block.type}]`);
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
  return h(
    "div",
    {},
    block.elements.map((one) => (one.type === "image" ? picture(one) : h("span", { class: "words" }, text(one, around)))),
  );
}

function divider() {
  return h("hr");
}

function actions(block, around) {
  return h("div", {}, block.elements.map((one) => element(block, one, around)));
}

function input(block, around) {
  const grouped = ["checkboxes", "radio_buttons"].includes(block.element.type);
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

function picture(block) {
  const shown = h("img", { src: block.image_url, alt: block.alt_text, loading: "lazy" });
  shown.addEventListener("error", () => shown.replaceWith(h("span", { class: "no-image" }, `${say("image_missing")}：${block.alt_text}`)));
  return shown;
}

function image(block) {
  return h("figure", {}, block.title && h("figcaption", {}, block.title.text), picture(block));
}

// -- rich text ----------------------------------------------------------------------------------

const PARTS = {
  rich_text_section: (part, around) => h("div", { class: "words" }, leaves(part, around)),
  rich_text_quote: (part, around) => h("blockquote", {}, leaves(part, around)),
  rich_text_preformatted: (part, around) => h("pre", { class: "fence" }, leaves(part, around)),
  rich_text_list: (part, around) =>
    h(
      part.style === "ordered" ? "ol" : "ul",
      { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((one) => h("li", {}, leaves(one, around))),
    ),
};

export function rich_text(block, around) {
  return h("div", {}, block.elements.map((part) => PARTS[part.type](part, around)));
}

function leaves(part, around) {
  return part.elements.map((leaf) => styled(leaf, leafNode(leaf, around)));
}

function leafNode(leaf, { names = {}, me = "" }) {
  if (leaf.type === "link") return link(leaf.url, leaf.text ?? null);
  if (leaf.type === "user") return mention(`@${names[leaf.user_id] ?? leaf.user_id}`, leaf.user_id === me);
  if (leaf.type === "emoji") return emojiOf(leaf.name);
  return leaf.text;
}

function styled(leaf, node) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (leaf.style?.[name] ? h(tag, {}, inner) : inner), node);
}

// -- table --------------------------------------------------------------------------------------

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
