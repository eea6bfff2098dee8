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

// -- times --------------------------------------------------------------------------------------

// Making a format costs more than using it a hundred times.
const formats = new Map();

function format(locale, options) {
  const key = JSON.stringify([locale, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, options));
  return formats.get(key);
}

export function clock(moment, timeZone) {
  return format("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(moment);
}

// Every time zone is some quarters of an hour away from the others, so a quarter lies in one day.
const QUARTER = 900_000;
const days = new Map();

// Today and yesterday by name, other days by date; in Chinese by the calendar of the Republic.
export function day(moment, timeZone, now = Date.now()) {
  const quarter = (at) => Math.floor(at / QUARTER);
  const key = `${language}/${timeZone}/${quarter(moment)}/${quarter(now)}`;
  if (!days.has(key)) days.set(key, dayAt(moment, timeZone, now));
  return days.get(key);
}

function dayAt(moment, timeZone, now) {
  const date = (at) => format("en-CA", { dateStyle: "short", timeZone }).format(at);
  if (date(moment) === date(now)) return say("today");
  if (date(moment) === date(now - DAY)) return say("yesterday");
  if (language === "en") return format("en-GB", { dateStyle: "full", timeZone }).format(moment);
  const parts = format("zh-TW-u-ca-roc", { year: "numeric", month: "numeric", day: "numeric", weekday: "long", timeZone });
  const part = Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${part.year}年${part.month}月${part.day}日（${part.weekday}）`;
}
