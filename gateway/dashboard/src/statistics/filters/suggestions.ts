import { useEffect, useMemo, useState } from "preact/hooks";
import { NAMED } from "../names";
import { useFoundLinks, useLinks, useValues } from "../queries";
import { type Question, linksFilter, searchFilter, withoutDimension } from "../question";
import type { DimensionName } from "../state";
import { useNamer } from "../use_namer";

// A value that clicks have, and what people call it.
export interface Suggestion {
  value: string;
  name: string;
}

const MOST = 50;
// All countries and languages that there are fit in.
const MOST_NAMED = 1000;
const PAUSE_MS = 200;

interface Suggestions {
  suggestions: readonly Suggestion[];
  nameOf: (value: string) => string;
}

// The values with most clicks in the time that is looked at, of those in which what was typed is found.
export function useSuggestions(
  question: Question,
  dimension: DimensionName,
  typed: string,
  hasLinks: boolean,
): Suggestions {
  const search = useSettled(typed.trim());
  const isOfLinks = dimension === "link";
  const isSearched = search !== "" && !NAMED.has(dimension);
  const found = useFoundLinks(isOfLinks && hasLinks ? search : "");
  const filters = !isSearched ? [] : isOfLinks ? [linksFilter(found.data ?? [])] : [searchFilter(dimension, search)];
  const limit = NAMED.has(dimension) ? MOST_NAMED : MOST;
  const isReady = !isOfLinks || !isSearched || (found.data?.length ?? 0) > 0;
  const wanted = { dimension, sort: "clicks", skip: 0, limit, filters } as const;
  const { data } = useValues(withoutDimension(question, dimension), wanted, isReady);
  const values = useMemo(() => (isReady ? (data?.rows ?? []) : []).map((row) => row.value), [data, isReady]);
  const namer = useNamer(useLinks(isOfLinks && hasLinks ? values : NO_IDS));
  return useMemo(() => {
    const nameOf = (value: string) => namer.name(dimension, value);
    const known = [...new Set(values)].map((value) => ({ value, name: nameOf(value) }));
    return { suggestions: known, nameOf };
  }, [values, namer, dimension]);
}

const NO_IDS: readonly string[] = [];

// A value that has not changed for a moment.
export function useSettled<T>(value: T, pauseMs = PAUSE_MS): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return settled;
}
