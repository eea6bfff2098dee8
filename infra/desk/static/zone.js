// Wall time in a time zone, and seconds since 1970.

function wall(seconds, timeZone) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone, hourCycle: "h23",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  const part = Object.fromEntries(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

export const toZone = wall;

export function fromZone(written, timeZone) {
  const asUtc = Date.parse(`${written}Z`) / 1000;
  const offset = Date.parse(`${wall(asUtc, timeZone)}Z`) / 1000 - asUtc;
  const guess = asUtc - offset;
  // Near a change of the clocks the offset of the guess is the right one.
  return asUtc - (Date.parse(`${wall(guess, timeZone)}Z`) / 1000 - guess);
}
