// The fault panel: what Slack and the network do wrong on purpose, switched one by one.

import { closer, h, icon } from "./dom.js";
import { knows, say } from "./texts.js";

const EVERY = 100;
const COUNTED = [
  ["percent", { min: 0, max: 100 }],
  ["left", { min: 0, max: 1000 }],
  ["value", { min: 0, max: 86_400 }],
];

export const faultsKey = (desk) => JSON.stringify([desk.state.faults, desk.state.counts, say("faults")]);

export function faultPanel(desk) {
  const { faults, counts } = desk.state;
  return [
    h("header", {}, h("h2", {}, say("faults")), closer(say("close"), () => desk.show("faults"), "panel-close")),
    h("p", { class: "lead" }, say("faults_about")),
    h(
      "div",
      { class: "panel-buttons" },
      h(
        "button",
        { type: "button", class: "button", disabled: !faults.some((one) => one.on), onclick: () => desk.act("faults_clear"), "data-testid": "faults-clear" },
        icon("check"),
        say("faults_clear"),
      ),
    ),
    h("ul", { class: "faults" }, faults.map((one) => fault(desk, one))),
    ...told(counts),
  ];
}

function fault(desk, one) {
  const name = `fault-name-${one.name}`;
  const set = (more) => desk.act("fault", { name: one.name, percent: one.percent ?? 0, left: one.left ?? 0, value: one.value ?? null, ...more });
  const toggle = h("input", {
    type: "checkbox",
    role: "switch",
    class: "switch",
    "data-testid": `fault-${one.name}`,
    onchange: () => set(toggle.checked ? { percent: EVERY, left: 0 } : { percent: 0, left: 0 }),
  });
  toggle.checked = Boolean(one.on);
  return h(
    "li",
    { class: one.on ? "on" : "" },
    h("label", { id: name }, knows(`faulty.${one.name}`) ? say(`faulty.${one.name}`) : one.name, toggle),
    knows(`faulty.${one.name}.text`) && h("p", {}, say(`faulty.${one.name}.text`)),
    one.on && h("div", { class: "fault-more", role: "group", "aria-labelledby": name }, COUNTED.map(([part, limits]) => number(one, part, limits, set))),
  );
}

// A fault strikes a share of all calls, or the next few and then no more.
function number(one, part, limits, set) {
  if (part === "value" && (one.value === null || one.value === undefined)) return null;
  const label = knows(`faulty.${one.name}.${part}`) ? say(`faulty.${one.name}.${part}`) : say(`faulty.${part}`);
  const other = { percent: { left: 0 }, left: { percent: 0 }, value: {} }[part];
  const box = h("input", {
    type: "number",
    ...limits,
    value: String(one[part] ?? 0),
    "data-testid": `fault-${one.name}-${part}`,
    onchange: () => box.reportValidity() && set({ ...other, [part]: Number(box.value) }),
  });
  return h("label", {}, label, box);
}

function told(counts) {
  const entries = Object.entries(counts ?? {});
  if (!entries.length) return [];
  const line = ([name, count]) => [h("dt", {}, knows(`faulty.${name}`) ? say(`faulty.${name}`) : name), h("dd", {}, typeof count === "object" ? JSON.stringify(count) : String(count))];
  return [h("h3", {}, say("counts")), h("dl", { class: "counts" }, entries.map(line))];
}
