import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

interface Places {
  search: RefObject<HTMLInputElement | null>;
  // Each item has one element with data-row, which takes the focus.
  list: RefObject<HTMLElement | null>;
  onNew: (() => void) | undefined;
}

// The keys of the screen of links: n a new one, / the search, j and k (or the arrows, once in the list) up and down.
export function useKeys({ search, list, onNew }: Places): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
        return;
      }
      const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
      const place = rows.findIndex((row) => row.closest("li")?.contains(document.activeElement));
      const move = stepOf(event.key, place >= 0);
      if (event.key === "n" && onNew) {
        onNew();
      } else if (event.key === "/") {
        search.current?.focus();
      } else if (move && rows.length) {
        rows[Math.min(Math.max(place + move, 0), rows.length - 1)]?.focus();
      } else {
        return;
      }
      event.preventDefault();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [search, list, onNew]);
}

function stepOf(key: string, isInList: boolean): number {
  if (key === "j" || (key === "ArrowDown" && isInList)) {
    return 1;
  }
  return key === "k" || (key === "ArrowUp" && isInList) ? -1 : 0;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]") !== null
  );
}
