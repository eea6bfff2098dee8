// Slack's mrkdwn, in Slack's order: first the <…> tokens, then the three entities, then the signs.
// So what an app escaped stays dead: &lt;!channel&gt; is only ever text.

import { h, safeAddress } from "./dom.js";
import { say } from "./texts.js";

// Noncharacters stand for tokens while the signs are read; they occur in no text.
const OPEN = "\uFDD0";
const CLOSE = "\uFDD1";
const HELD = new RegExp(`${OPEN}(\\d+)${CLOSE}`);

const EMOJI = {
  white_check_mark: "✅", warning: "⚠️", bell: "🔔", eyes: "👀", memo: "📝", tada: "🎉", wave: "👋",
  calendar: "📅", lock: "🔒", pushpin: "📌", hourglass_flowing_sand: "⏳", bar_chart: "📊", star: "⭐",
};

// At the edge of a word: Slack formats only there.
const EDGE = "[\\s\\p{P}\\p{S}]";
const SIGNS = [
  ["code", /`([^`\n]+)`/u],
  ["strong", new RegExp(`(?<=^|${EDGE})\\*(\\S(?:[^*\\n]*\\S)?)\\*(?=$|${EDGE})`, "u")],
  ["em", new RegExp(`(?<=^|${EDGE})_(\\S(?:[^_\\n]*\\S)?)_(?=$|${EDGE})`, "u")],
  ["s", new RegExp(`(?<=^|${EDGE})~(\\S(?:[^~\\n]*\\S)?)~(?=$|${EDGE})`, "u")],
];

export function mrkdwn(text, { names = {}, me = "", verbatim = true } = {}) {
  const tokens = [];
  const hold = (node) => `${OPEN}${tokens.push(node) - 1}${CLOSE}`;
  const held = text
    .replaceAll(OPEN, "")
    .replaceAll(CLOSE, "")
    .replace(/<([^<>\n]+)>/g, (_, token) => hold(tokenNode(token, names, me)));
  const release = (piece) => split(piece, HELD, (match) => tokens[Number(match[1])].cloneNode(true), emoji);
  return paragraphs(decode(held), verbatim, release);
}

export function decode(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function mention(label, mine = false) {
  return h("span", { class: mine ? "live mine" : "live", title: say("live") }, label);
}

function tokenNode(token, names, me) {
  const [body, label] = cutOnce(token, "|");
  const shown = label === null ? null : decode(label);
  if (body.startsWith("@")) return mention(`@${names[body.slice(1)] ?? shown ?? body.slice(1)}`, body.slice(1) === me);
  if (body.startsWith("#")) return mention(`#${names[body.slice(1)] ?? shown ?? say("private_channel")}`);
  if (body.startsWith("!date^")) return h("time", {}, shown ?? body);
  if (body.startsWith("!subteam^")) return mention(shown ?? `@${body.slice(9)}`);
  if (body.startsWith("!")) return mention(`@${body.slice(1)}`, true);
  return link(decode(body), shown);
}

export function link(url, shown) {
  const address = safeAddress(url);
  if (address === null) return document.createTextNode(`<${url}${shown === null ? "" : `|${shown}`}>`);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, shown ?? url);
}

function cutOnce(text, sign) {
  const at = text.indexOf(sign);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

// Fences and quotes, then lines.
function paragraphs(text, verbatim, release) {
  return split(
    text,
    /```\n?([\s\S]*?)\n?```/,
    (match) => h("pre", { class: "fence" }, release(match[1])),
    (piece) => quoted(piece, verbatim, release),
  );
}

function quoted(text, verbatim, release) {
  return split(
    text,
    /(?<=^|\n)((?:> ?[^\n]*(?:\n|$))+)/,
    (match) => h("blockquote", {}, signs(match[1].replace(/^> ?/gm, "").replace(/\n$/, ""), verbatim, release)),
    (piece) => signs(piece, verbatim, release),
  );
}

function signs(text, verbatim, release, from = 0) {
  if (from === SIGNS.length) return verbatim ? release(text) : addresses(text, release);
  const [tag, pattern] = SIGNS[from];
  const inside = (match) =>
    h(tag, {}, tag === "code" ? release(match[1]) : signs(match[1], verbatim, release, from + 1));
  return split(text, pattern, inside, (piece) => signs(piece, verbatim, release, from + 1));
}

// Without verbatim Slack makes links of bare addresses.
function addresses(text, release) {
  return split(text, /https?:\/\/[^\s\uFDD0\uFDD1「」（）<>|]+/, (match) => link(match[0], null), release);
}

function emoji(text) {
  return split(text, /:([a-z0-9_+-]+):/, (match) => EMOJI[match[1]] ?? match[0], (piece) => piece);
}

export const emojiOf = (name) => EMOJI[name] ?? `:${name}:`;

// Pieces of a text: what matches goes one way, what stands between the other.
function split(text, pattern, matched, between) {
  const found = [];
  let last = 0;
  for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))) {
    if (match.index > last) found.push(between(text.slice(last, match.index)));
    found.push(matched(match));
    last = match.index + match[0].length;
  }
  if (last < text.length) found.push(between(text.slice(last)));
  return found;
}
