// The guide: follows the main job live, ticks what is done, brings the visitor to the next step and
// points at its button. As a panel, or as a strip above the composer.

import { compose } from "./composer.js";
import { closer, fill, h, icon, sign } from "./dom.js";
import { startOver } from "./start-over.js";
import { CAST, STEPS, forget, isCast, memory, progress } from "./story.js";
import { say } from "./texts.js";

// Texts for the fields of the draft, by their names; what a visitor need not think up.
const SAMPLES = { text: "sample.text", contact: "sample.contact" };

let story = null;
let asked = "";
let strips = "";

export const guides = (desk) => isCast(desk.state.people);

// Looks how far the job has come, once for each revision, while there is somebody to guide.
export async function follow(desk) {
  if (desk.guide === "off" || !guides(desk)) return;
  const key = JSON.stringify([desk.state.revision, memory()]);
  if (key === asked) return;
  asked = key;
  const now = await progress();
  if (!now || JSON.stringify(now) === JSON.stringify(story)) return;
  story = now;
  desk.draw();
}

// What the guide's parts must be drawn anew for.
export const guideKey = (desk) => JSON.stringify([story, desk.person, desk.place, desk.guide, desk.state.can_start_over, say("guide")]);

const finished = () => story?.step === STEPS.length;
const placeOf = (step) => (step.place === "channel" ? story.channel : step.place);

// -- the panel ----------------------------------------------------------------------------------

export function guidePanel(desk) {
  const steps = STEPS.map((step, index) => {
    const look = !story || index > story.step ? "" : index < story.step ? "done" : "next";
    return h(
      "li",
      { class: look, "data-testid": `step-${step.name}`, "aria-current": look === "next" ? "step" : null },
      h("span", { class: "step-mark" }, look === "done" ? icon("check") : String(index + 1)),
      h("strong", {}, say(`guide.${step.name}`), look === "done" && h("span", { class: "unseen-words" }, say("done"))),
      look === "next" && h("p", {}, say(`guide.${step.name}.text`)),
      look === "next" && onward(desk, step),
    );
  });
  return [
    h(
      "header",
      {},
      h("h2", {}, say("guide.title")),
      sign("small", say("minimise"), () => desk.follow("small"), { testid: "guide-small" }),
      closer(say("close"), () => desk.follow("off"), "guide-close"),
    ),
    h("p", { class: "lead" }, say("guide.lead")),
    guides(desk) ? h("ol", { class: "steps" }, steps) : h("p", { class: "foot" }, say("guide.none")),
    finished() && h("p", { class: "finished", "data-testid": "guide-finished" }, say("guide.finished")),
    h(
      "div",
      { class: "panel-buttons" },
      (finished() || memory().case) && h("button", { type: "button", class: "button", onclick: () => oneMore(desk), "data-testid": "guide-again" }, icon("guide"), say("again")),
      desk.state.can_start_over && h("button", { type: "button", class: "button", onclick: () => startOver(desk) }, icon("restart"), say("start_over")),
    ),
    h("p", { class: "foot" }, say("guide.foot")),
  ];
}

function oneMore(desk) {
  forget();
  asked = "";
  desk.draw();
}

// The way to the next step; nothing where the visitor stands before it.
function onward(desk, step, look = "primary guided") {
  const person = CAST[step.who];
  const place = placeOf(step);
  const button = (words, onclick) => h("button", { type: "button", class: `button ${look}`, onclick, "data-testid": "guide-go" }, words);
  if (desk.person !== person) {
    const name = desk.state.people.find((one) => one.id === person).name;
    return button(say("go_as", { name }), () => desk.visit(person, place));
  }
  if (desk.place !== place) return button(say(step.place === "dm" ? "go_dm" : "go_channel"), () => desk.visit(person, place));
  if (step.name === "status") return button(say("type_it"), () => compose("/opendata status"));
  return null;
}

// -- the strip ----------------------------------------------------------------------------------

export function strip(place, desk) {
  const key = desk.guide !== "off" && desk.panel !== "guide" && story && guides(desk) ? guideKey(desk) : "";
  if (key === strips && place.hasChildNodes() === (key !== "")) return;
  strips = key;
  fill(place, key !== "" && drawStrip(desk));
}

function drawStrip(desk) {
  const step = STEPS[story.step];
  const words = step ? `${story.step + 1}／${STEPS.length}　${say(`guide.${step.name}`)}` : say("guide.finished");
  const text = step ? say(`guide.${step.name}.text`) : "";
  return h(
    "section",
    { class: "strip", "aria-label": say("guide"), "data-testid": "guide-strip" },
    icon("guide"),
    h("p", { title: text }, h("strong", {}, words), text && h("span", {}, `　${text}`)),
    step && onward(desk, step, "primary"),
    h("button", { type: "button", class: "button", onclick: () => desk.follow("open"), "data-testid": "guide-resume" }, say("resume")),
    closer(say("close"), () => desk.follow("off")),
  );
}

// -- pointing -----------------------------------------------------------------------------------

// Marks the button of the next step where it is on the screen.
export function point(desk) {
  const next = nextButton(desk);
  for (const old of document.querySelectorAll("#main .guided")) if (old !== next) old.classList.remove("guided");
  if (!next || next.classList.contains("guided")) return;
  next.classList.add("guided");
  next.closest(".message")?.scrollIntoView({ block: "nearest" });
  next.scrollIntoView({ block: "nearest" });
}

function nextButton(desk) {
  if (desk.guide === "off" || !story || finished() || desk.person !== CAST[STEPS[story.step].who]) return null;
  const step = STEPS[story.step];
  if (desk.place !== placeOf(step)) return null;
  if (step.name === "status") return document.querySelector('[data-testid="send"]');
  const all = step.press.flatMap((action) => [...document.querySelectorAll(`.message:not(.ephemeral) [data-action-id="${action}"]`)].reverse());
  const about = (name) => all.find((one) => one.dataset.value.startsWith(name));
  // To begin with, a suggestion: that is what the sample text answers.
  return (story.case ? about(`["${story.case}"`) : about('["S') ?? all[0]) ?? null;
}

// A word of help inside the modal of the draft, which is the only thing to be pressed then.
export function hint(desk, view, values, redraw) {
  if (desk.guide === "off" || !guides(desk) || view.callback_id !== "draft") return null;
  const fields = view.blocks.filter((block) => SAMPLES[block.block_id] && block.element?.type === "plain_text_input");
  const fill = () => {
    for (const block of fields) values.set(block.block_id, block.element.action_id, say(SAMPLES[block.block_id]));
    redraw();
  };
  return h(
    "section",
    { class: "hinted", "aria-label": say("guide") },
    icon("guide"),
    h("p", {}, say("guide.draft.hint")),
    fields.length > 0 && h("button", { type: "button", class: "button", onclick: fill, "data-testid": "guide-sample" }, say("sample")),
  );
}
