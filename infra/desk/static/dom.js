// Making elements. Every text becomes a text node; no function here reads HTML.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...present(children));
  return made;
}

// Children without the ones that are not there.
const present = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

// What stands in `place` from now on.
export function fill(place, ...children) {
  place.replaceChildren(...present(children));
}

export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  made.append(use);
  return made;
}

// A button that shows only a sign, and says its name to whoever listens or points at it.
export function sign(name, label, onclick, { testid = null, look = "close" } = {}) {
  return h("button", { type: "button", class: look, "aria-label": label, title: label, onclick, "data-testid": testid }, icon(name));
}

export const closer = (label, onclick, testid = null) => sign("close", label, onclick, { testid });

// A link that a person may follow, or nothing where the address is of another kind.
export function safeAddress(url) {
  return /^(https?:\/\/|mailto:)/i.test(url) ? url : null;
}
