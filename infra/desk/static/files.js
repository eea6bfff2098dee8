// The field for files: each is sent up as soon as it is chosen; the form holds their ids.

import { closer, h, icon } from "./dom.js";
import { say } from "./texts.js";

const SLACKS_MOST = 10;
// What the stand-in told of each file, by id.
const known = new Map();

export function files(block, one, around, marks) {
  const most = one.max_files ?? SLACKS_MOST;
  const now = () => around.values.get(block.block_id, one.action_id, []);
  const set = (ids) => {
    around.values.set(block.block_id, one.action_id, ids);
    draw();
  };
  const accept = one.filetypes?.map((type) => `.${type}`).join(",");
  const chooser = h("input", { ...marks, type: "file", accept, multiple: most > 1 });
  const list = h("div", { class: "files" });
  const draw = () => {
    chooser.hidden = now().length >= most;
    list.replaceChildren(...now().map((id) => file(known.get(id), () => remove(id))));
  };
  const remove = (id) => {
    set(now().filter((other) => other !== id));
    chooser.focus();
  };
  chooser.addEventListener("change", async () => {
    const chosen = [...chooser.files].slice(0, most - now().length);
    chooser.value = "";
    chooser.setAttribute("aria-busy", "true");
    for (const each of chosen) await send(each);
    chooser.removeAttribute("aria-busy");
  });
  const send = async (chosen) => {
    const told = await around.upload({ block_id: block.block_id, action_id: one.action_id, name: chosen.name, content: await inBase64(chosen) });
    if (!told?.file) return;
    known.set(told.file.id, told.file);
    set([...now(), told.file.id]);
  };
  draw();
  return h("div", { class: "files" }, list, chooser);
}

function file({ name, size }, remove) {
  return h(
    "div",
    { class: "file", "data-testid": "file" },
    icon("file"),
    h("span", {}, name),
    h("small", {}, `${Math.ceil(size / 1024)} KB`),
    closer(say("remove", { name }), remove, "file-remove"),
  );
}

// The bytes after the comma of a data URL.
function inBase64(chosen) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(chosen);
  });
}
