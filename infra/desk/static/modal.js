// The modals that stand before a person: the topmost is shown, what was typed lives as long as it.

import { blocks } from "./blocks.js";
import { showSource } from "./dialogs.js";
import { closer, fill, h, sign } from "./dom.js";
import { trap, whereabouts } from "./focus.js";
import { hint } from "./guide.js";
import { knows, say } from "./texts.js";
import { Values } from "./values.js";

const forms = new Map();
const wrong = new Map();
const dialog = document.getElementById("modal");
let drawn = "";
let opener = () => null;

trap(dialog);

// `desk` acts: act(name, body) gives the outcome; `around` is what blocks need to know.
export function drawModals(views, desk, around) {
  for (const known of [...forms.keys()]) {
    if (!views.some((view) => view.id === known)) {
      forms.delete(known);
      wrong.delete(known);
    }
  }
  const view = views.at(-1);
  if (!view) {
    drawn = "";
    if (dialog.open) close();
    return;
  }
  const key = JSON.stringify([view.id, view.hash, wrong.get(view.id) ?? {}, say("close"), around.me]);
  if (key !== drawn || !dialog.open) draw(view, views.length, desk, around);
  drawn = key;
}

// What opened the modal gets the focus back, even where it was drawn anew meanwhile.
function close() {
  dialog.close();
  fill(dialog);
  opener()?.focus({ preventScroll: true });
}

function draw(view, depth, desk, around) {
  const values = forms.get(view.id) ?? forms.set(view.id, new Values(view.blocks)).get(view.id);
  values.keepOnly(view.blocks);
  const submit = () => send(view, values, desk);
  const names = { view_id: view.id };
  const body = h(
    "div",
    { class: "modal-body" },
    blocks(view.blocks, {
      ...around,
      values,
      errors: wrong.get(view.id),
      submit: view.submit ? submit : null,
      press: (pressed) => desk.act("press", { ...names, values: values.all, ...pressed }),
      upload: (file) => desk.act("upload", { ...names, ...file }),
    }),
  );
  const leave = (everything) => desk.act("close", { ...names, everything });
  const focused = dialog.contains(document.activeElement) ? { ...document.activeElement.dataset } : {};
  const scroll = dialog.querySelector(".modal-body")?.scrollTop ?? 0;
  const same = dialog.dataset.viewId === view.id && dialog.open;
  const redraw = () => draw(view, depth, desk, around);
  fill(
    dialog,
    h(
      "header",
      {},
      h("h2", { id: "modal-title" }, view.title.text),
      sign("code", say("details"), () => showSource(view), { testid: "modal-source" }),
      closer(say("close"), () => leave(true), "modal-dismiss"),
    ),
    hint(desk, view, values, redraw),
    body,
    h(
      "footer",
      {},
      depth > 1 && h("span", { class: "depth", "aria-hidden": "true" }, `${depth} / 3`),
      h("button", { type: "button", class: "button", "data-testid": "modal-close", onclick: () => leave(false) }, view.close?.text ?? say(view.submit ? "cancel" : "close")),
      view.submit && h("button", { type: "button", class: "button primary", "data-testid": "modal-submit", onclick: submit }, view.submit.text),
    ),
  );
  dialog.dataset.viewId = view.id;
  dialog.setAttribute("aria-labelledby", "modal-title");
  dialog.oncancel = (event) => {
    event.preventDefault();
    leave(false);
  };
  if (!dialog.open) {
    opener = whereabouts(document.activeElement);
    dialog.showModal();
  }
  body.scrollTop = same ? scroll : 0;
  focus(body, same ? focused : {});
}

// Where the person was, else what is wrong, else the first field.
function focus(body, { blockId, actionId, testid }) {
  const named = [...dialog.querySelectorAll("input, select, textarea, button")];
  const before = named.find((one) =>
    actionId ? one.dataset.blockId === blockId && one.dataset.actionId === actionId : testid && one.dataset.testid === testid,
  );
  const invalid = body.querySelector('[aria-invalid="true"]');
  const first = body.querySelector("input, select, textarea");
  (invalid ?? before ?? first ?? dialog.querySelector('[data-testid="modal-close"]'))?.focus({ preventScroll: !invalid });
}

async function send(view, values, desk) {
  const button = dialog.querySelector('[data-testid="modal-submit"]');
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const outcome = await desk.act("submit", { view_id: view.id, values: values.all });
  button.removeAttribute("aria-busy");
  const refused = Object.entries(outcome?.refused ?? {}).map(([block, code]) => [block, knows(`fault.${code}`) ? say(`fault.${code}`) : code]);
  wrong.set(view.id, { ...Object.fromEntries(refused), ...(outcome?.errors ?? {}) });
  desk.draw();
}
