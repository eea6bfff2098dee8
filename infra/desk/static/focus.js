// Where the focus is, so that it can be given back after what had it was drawn anew.

// A function that finds the element, or what stands in its place now: the same button of the same
// message, else the message.
export function whereabouts(element) {
  const holder = element?.closest?.("[data-holder]")?.dataset.holder;
  const { actionId, testid } = element?.dataset ?? {};
  return () => {
    if (element?.isConnected) return element;
    const again = holder && document.querySelector(`[data-holder="${CSS.escape(holder)}"]`);
    if (again) return (actionId && again.querySelector(`[data-action-id="${CSS.escape(actionId)}"]`)) || again;
    return testid ? document.querySelector(`[data-testid="${CSS.escape(testid)}"]`) : null;
  };
}

// Redraws, and gives the focus back if the redrawing took it away.
export function keepingFocus(place, redraw) {
  const before = document.activeElement;
  const find = place.contains(before) ? whereabouts(before) : null;
  redraw();
  if (find && document.activeElement !== before) find()?.focus({ preventScroll: true });
}

const REACHED = 'button, select, input, textarea, a[href], [tabindex="0"]';

// Tab goes round inside a dialog and does not leave it.
export function trap(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const all = [...dialog.querySelectorAll(REACHED)].filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility());
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge && dialog.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  });
}
