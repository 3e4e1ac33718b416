import { useEffect, useRef } from "preact/hooks";
import { PERIOD_KEYS } from "./period/periods";
import { type StatsState, isFiltered, withoutFilters } from "./state";
import type { ChangeState } from "./use_state";

interface Shortcuts {
  change: ChangeState;
  // Called for C, which lets the reader choose days.
  onCustom: () => void;
  // Called for ?.
  onHelp: () => void;
}

// Single keys, as Plausible has them. They mean nothing while somebody types, or while a dialog is open.
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isTyped(event) && runs(event.key, latest.current)) {
        event.preventDefault();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function runs(key: string, { change, onCustom, onHelp }: Shortcuts): boolean {
  const letter = key.toLowerCase();
  const period = PERIOD_KEYS.find(([each]) => each === letter)?.[1];
  if (period) {
    change((state) => ({ ...state, period }));
  } else if (letter === "c") {
    onCustom();
  } else if (letter === "x") {
    change(withComparisonTurned);
  } else if (key === "?") {
    onHelp();
  } else if (key === "Escape") {
    change((state) => (isFiltered(state) ? withoutFilters(state) : state));
  } else {
    return false;
  }
  return true;
}

function withComparisonTurned(state: StatsState): StatsState {
  const isOff = state.comparison.name === "off";
  return { ...state, comparison: isOff ? { name: "previous", matchWeekday: false } : { name: "off" } };
}

// Whether a key belongs to something else: a field, a menu of the browser, a dialog.
function isTyped(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null;
  return (
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    target?.closest("input, select, textarea, [contenteditable]") != null ||
    document.querySelector("dialog[open], [popover]:popover-open") !== null
  );
}
