// Rich text: nothing in it is parsed, so foreign words in it are words and nothing else.

import { h } from "./dom.js";

const PARTS = {
  rich_text_section: (part) => h("div", { class: "words" }, leaves(part)),
  rich_text_quote: (part) => h("blockquote", {}, leaves(part)),
  rich_text_preformatted: (part) => h("pre", { class: "fence" }, leaves(part)),
};

const raw = (part) => h("span", { class: "unknown" }, JSON.stringify(part));

export function rich_text(block) {
  return h("div", {}, block.elements.map((part) => (PARTS[part.type] ?? raw)(part)));
}

function leaves(part) {
  return part.elements.map((leaf) => styled(leaf, leaf.type === "text" ? leaf.text : raw(leaf)));
}

function styled(leaf, node) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (leaf.style?.[name] ? h(tag, {}, inner) : inner), node);
}
