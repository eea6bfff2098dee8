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

// When something came: today's by the clock, what is older with its day.
export function stamp(moment, timeZone, now) {
  const at = clock(moment, timeZone);
  return date(moment, timeZone) === date(now, timeZone) ? at : `${days(moment, timeZone).day} ${at}`;
}

// Every time zone is some quarters of an hour away from the others, so a quarter lies in one day.
const QUARTER = 900_000;
const known = new Map();

// Today and yesterday by name, other days by date.
export function day(moment, timeZone, now) {
  const quarter = (at) => Math.floor(at / QUARTER);
  const key = `${language}/${timeZone}/${quarter(moment)}/${quarter(now)}`;
  if (!known.has(key)) known.set(key, dayAt(moment, timeZone, now));
  return known.get(key);
}

function dayAt(moment, timeZone, now) {
  const iso = (at) => format("en-CA", { dateStyle: "short", timeZone }).format(at);
  if (iso(moment) === iso(now)) return say("today");
  if (iso(moment) === iso(now - DAY)) return say("yesterday");
  return date(moment, timeZone);
}

// A date in full; in Chinese by the calendar of the Republic.
export function date(moment, timeZone) {
  if (language === "en") return format("en-GB", { dateStyle: "full", timeZone }).format(moment);
  const { year, day, weekday } = days(moment, timeZone, "long");
  return `${year}${day}（${weekday}）`;
}

// The parts of a date as they are put together, e.g. 115年, 2月6日, 五.
export function days(moment, timeZone, weekday = language === "en" ? "short" : "narrow") {
  const english = { year: "numeric", month: "short", day: "numeric", weekday, timeZone };
  const locale = language === "en" ? "en-GB" : "zh-TW-u-ca-roc";
  const parts = format(locale, language === "en" ? english : { ...english, month: "numeric" });
  const part = Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  if (language === "en") return { year: part.year, day: `${part.day} ${part.month}`, weekday: part.weekday };
  return { year: `${part.year}年`, day: `${part.month}月${part.day}日`, weekday: part.weekday };
}
