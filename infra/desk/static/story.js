// The main job as a story of six steps, and how far it has come. Read from the messages themselves:
// which buttons a case still has, whatever language they speak.

import { see } from "./server.js";

// The demo's persons; without them there is no guide.
export const CAST = { officer: "U01OFFICER", head: "U02HEAD", cio: "U03CIO" };

// Who does it, where, and which button it is; the first that is there.
export const STEPS = [
  { name: "claim", who: "officer", place: "channel", press: ["claim"] },
  { name: "draft", who: "officer", place: "channel", press: ["preview", "draft"] },
  { name: "review", who: "head", place: "dm", press: ["pass"] },
  { name: "approve", who: "cio", place: "dm", press: ["approve"] },
  { name: "publish", who: "officer", place: "dm", press: ["publish"] },
  { name: "status", who: "officer", place: "channel", press: [] },
];
const [CLAIM, DRAFT, REVIEW, APPROVE, PUBLISH, STATUS] = STEPS.keys();
const DEEP = 500;
const KEPT = "desk.story";

export const isCast = (people) => Object.values(CAST).every((id) => people.some((one) => one.id === id));

// -- what is remembered from visit to visit: which case is followed, and whether the end was told --

export const memory = () => JSON.parse(localStorage.getItem(KEPT) ?? "{}");

export function remember(more) {
  localStorage.setItem(KEPT, JSON.stringify({ ...memory(), ...more }));
}

export function forget() {
  localStorage.removeItem(KEPT);
  unclaimed.clear();
}

// -- how far it has come ------------------------------------------------------------------------

const unclaimed = new Set();

// Which buttons each case has in these messages. A button's value names its case first.
export function buttonsByCase(messages) {
  const found = new Map();
  for (const { message, ephemeral } of messages) {
    if (ephemeral) continue;
    const actions = (message.blocks ?? []).filter((block) => block.type === "actions").flatMap((block) => block.elements);
    for (const { action_id: action, value } of actions) {
      const name = caseIn(value);
      if (name) found.set(name, (found.get(name) ?? new Set()).add(action));
    }
  }
  return found;
}

function caseIn(value) {
  try {
    const [name] = JSON.parse(value);
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}

// The case to follow: the one that is followed already, else the one that was just claimed.
function followed(cards) {
  const kept = memory().case;
  if (cards.has(kept)) return kept;
  const claimed = [...unclaimed].find((name) => cards.get(name)?.has("draft") && !cards.get(name).has("claim"));
  unclaimed.clear();
  for (const [name, actions] of cards) if (actions.has("claim")) unclaimed.add(name);
  if (claimed) remember({ case: claimed, told: false });
  else if (kept) forget();
  return claimed ?? null;
}

// The index of the next step, or the number of steps where all is done.
async function stepOf(name, actions) {
  if (name === null || actions.has("claim")) return CLAIM;
  if (actions.has("recall")) {
    const before = await see({ as: CAST.cio, place: "dm", count: DEEP });
    return buttonsByCase(before?.messages ?? []).get(name)?.has("approve") ? APPROVE : REVIEW;
  }
  if (actions.has("publish")) return PUBLISH;
  if (actions.has("draft")) return DRAFT;
  return memory().told ? STATUS + 1 : STATUS;
}

// Where the story stands: the channel it plays in, its case, the next step. Null while unknown.
export async function progress() {
  const channel = await see({ as: CAST.officer, place: "", count: DEEP });
  if (!channel) return null;
  const cards = buttonsByCase(channel.messages);
  const name = followed(cards);
  return { channel: channel.place, case: name, step: await stepOf(name, cards.get(name)) };
}
