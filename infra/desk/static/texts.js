// What the page says, in the language that is chosen; and how it writes times.

import { EN } from "./en.js";
import { ZH } from "./zh.js";

const DAY = 86_400_000;

let language = localStorage.getItem("desk.language") === "en" ? "en" : "zh";

export const isChinese = () => language === "zh";

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("desk.language", language);
}

export function say(code, parameters = {}) {
  const sentence = (language === "zh" ? ZH : EN)[code] ?? code;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => parameters[name] ?? "");
}

export const knows = (code) => code in ZH;

const tag = () => (language === "zh" ? "zh-TW" : "en-GB");

export function clock(moment, timeZone) {
  return new Intl.DateTimeFormat(tag(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(moment);
}

// Today and yesterday by name, other days by date; in Chinese by the calendar of the Republic.
export function day(moment, timeZone, now = Date.now()) {
  const date = (at) => new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone }).format(at);
  if (date(moment) === date(now)) return say("today");
  if (date(moment) === date(now - DAY)) return say("yesterday");
  if (language === "en") return new Intl.DateTimeFormat(tag(), { dateStyle: "full", timeZone }).format(moment);
  const parts = new Intl.DateTimeFormat("zh-TW-u-ca-roc", { year: "numeric", month: "numeric", day: "numeric", weekday: "long", timeZone });
  const part = Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${part.year}年${part.month}月${part.day}日（${part.weekday}）`;
}
