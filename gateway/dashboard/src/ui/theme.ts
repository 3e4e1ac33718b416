import { useEffect, useState } from "preact/hooks";

// system: as the reader's system is set, and when that changes, at once.
export type Theme = "system" | "light" | "dark";

const KEY = "linkmeter.theme";
const CHANGED = "linkmeter:theme";

export function readTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const follow = () => {
      applyTheme(readTheme());
      setTheme(readTheme());
    };
    // storage comes from other tabs, the other event from this one.
    addEventListener("storage", follow);
    addEventListener(CHANGED, follow);
    return () => {
      removeEventListener("storage", follow);
      removeEventListener(CHANGED, follow);
    };
  }, []);
  const choose = (chosen: Theme) => {
    localStorage.setItem(KEY, chosen);
    dispatchEvent(new Event(CHANGED));
  };
  return [theme, choose];
}
