import { byId } from "../page.js";

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];
const key = "mgt-theme";

/** Light, dark, or what the system says; remembered where the browser allows it. */
export function themeToggle(onChange: () => void): void {
  const button = byId("theme", HTMLButtonElement);
  const apply = (theme: Theme) => {
    document.documentElement.dataset["theme"] = theme;
    button.textContent = `Theme: ${theme}`;
    button.setAttribute("aria-label", `Colour theme: ${theme}`);
    onChange();
  };
  let theme = recall();
  apply(theme);
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] as Theme;
    try {
      localStorage.setItem(key, theme);
    } catch {
      // storage is switched off: the choice lasts as long as the page
    }
    apply(theme);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
}

function recall(): Theme {
  const asked = new URLSearchParams(location.search).get("theme");
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(key);
  } catch {
    // as above
  }
  return themes.find((theme) => theme === (asked ?? stored)) ?? "system";
}
