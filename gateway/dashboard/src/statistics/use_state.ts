import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter";
import { type StatsState, queryOf, stateOf } from "./state";

// The state that the address says, and how to change it. replaces: without a new step to go back, for what is typed.
export type ChangeState = (change: (state: StatsState) => StatsState, options?: { replaces?: boolean }) => void;

export function useStatsState(): [StatsState, ChangeState] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const state = useMemo(() => stateOf(search), [search]);
  // Two changes before the page is drawn again are both made.
  const latest = useRef(state);
  latest.current = state;
  const change = useCallback<ChangeState>(
    (changed, { replaces = false } = {}) => {
      const next = changed(latest.current);
      latest.current = next;
      const query = queryOf(next);
      // What stands behind # is of who shared the address.
      navigate(`${path}${query && `?${query}`}${location.hash}`, { replace: replaces });
    },
    [navigate, path],
  );
  return [state, change];
}

const MINUTE_MS = 60_000;

// The end of the minute that is running, as long as the page is looked at: what was clicked just now counts.
export function useNow(): number {
  const [now, setNow] = useState(endOfMinute);
  useEffect(() => {
    const follow = () => {
      if (!document.hidden) {
        setNow(endOfMinute());
      }
    };
    const timer = setInterval(follow, MINUTE_MS / 4);
    document.addEventListener("visibilitychange", follow);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", follow);
    };
  }, []);
  return now;
}

function endOfMinute(): number {
  return (Math.floor(Date.now() / MINUTE_MS) + 1) * MINUTE_MS;
}
