// The stand-in's own interface: what there is to see, acts, and word that something has changed.

const RETRY = 1000;

// What a person sees, or null where the stand-in does not answer.
export async function see(asked) {
  try {
    const told = await fetch(`page/state?${new URLSearchParams(asked)}`);
    return told.ok ? await told.json() : null;
  } catch {
    return null;
  }
}

// The outcome of an act, or null where the stand-in does not answer.
export async function act(name, body) {
  const headers = { "content-type": "application/json" };
  try {
    const told = await fetch(`page/act/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
    return await told.json();
  } catch {
    return null;
  }
}

// Calls `changed` with each new revision, `turned` with what is new of the clock, and `lost` whenever
// the line breaks. Browsers take up a broken line again by themselves, but not one that was refused.
export function listen(changed, turned, lost) {
  const line = new EventSource("page/changes");
  line.addEventListener("message", (event) => changed(JSON.parse(event.data).revision));
  line.addEventListener("clock", (event) => turned(JSON.parse(event.data)));
  line.addEventListener("error", () => {
    lost();
    if (line.readyState === EventSource.CLOSED) setTimeout(() => listen(changed, turned, lost), RETRY);
  });
}
