// Back to the first morning: asks, has the stand-in start over, and forgets what the page kept of it.

import { ask } from "./dialogs.js";
import { forget } from "./story.js";
import { say } from "./texts.js";

export async function startOver(desk) {
  const words = (code) => ({ text: say(`start_over.${code}`) });
  if (!(await ask({ title: words("title"), text: words("text"), confirm: words("yes"), deny: words("no"), style: "danger" }))) return;
  const outcome = await desk.act("start_over");
  if (outcome === null || outcome.trouble || outcome.error) return;
  forget();
  location.assign(location.pathname);
}
