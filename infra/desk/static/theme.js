// Light, dark, or as the system has it; remembered from visit to visit.

const THEMES = ["system", "light", "dark"];
const kept = localStorage.getItem("desk.theme");
let chosen = THEMES.includes(kept) ? kept : "system";

export const theme = () => chosen;

export function nextTheme() {
  chosen = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
  localStorage.setItem("desk.theme", chosen);
  show();
}

function show() {
  document.documentElement.dataset.theme = chosen;
}

show();
