import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Pill, Pills } from "@/ui/pill";
import {
  type FilterName,
  type Listed,
  ORDERS,
  type OrderName,
  STATES,
  type StateName,
  changed,
  isFiltered,
  withoutFilters,
} from "./address";
import styles from "./links.module.css";
import { useHosts, useTagNames } from "./queries";

interface FilterBarProps {
  listed: Listed;
  onChange: (listed: Listed) => void;
  searchRef: RefObject<HTMLInputElement | null>;
  // Whether the list is there, with its numbers.
  isListed: boolean;
}

const PAUSE_MS = 150;
const CLEARED: Record<FilterName, Partial<Listed>> = {
  search: { search: "" },
  tag: { tag: "" },
  domain: { domain: "" },
  state: { state: "" },
  archived: { archived: false },
};

// Which links are listed: a text, a tag, a domain, a state; and in which order. What filters stands below, to be taken
// away where it stands.
export function FilterBar({ listed, onChange, searchRef, isListed }: FilterBarProps) {
  const text = useText().links;
  const tags = useTagNames(isListed);
  const hosts = useHosts();
  const set = (change: Partial<Listed>) => onChange(changed(listed, change));
  const filters = useFilterWords(listed);
  return (
    <div class={styles.filters}>
      <div class={styles.bar} role="search">
        <SearchField listed={listed} onChange={(search) => set({ search })} searchRef={searchRef} />
        <Choice label={text.tag} value={listed.tag} onChange={(tag) => set({ tag })} all={text.any_tag}>
          {withChosen(tags.data, listed.tag)}
        </Choice>
        {(hosts.data?.length ?? 0) > 1 && (
          <Choice label={text.domain} value={listed.domain} onChange={(domain) => set({ domain })} all={text.any_domain}>
            {withChosen(hosts.data, listed.domain)}
          </Choice>
        )}
        <Choice
          label={text.state}
          value={listed.state}
          onChange={(state) => set({ state: state as StateName | "" })}
          all={text.any_state}
          words={text.states}
        >
          {STATES}
        </Choice>
        <label class={styles.check}>
          <input
            type="checkbox"
            checked={listed.archived}
            onChange={(event) => set({ archived: event.currentTarget.checked })}
          />
          {text.archived}
        </label>
        <span class={styles.order}>
          <select
            aria-label={text.order}
            value={listed.order}
            onChange={(event) => set({ order: event.currentTarget.value as OrderName, reversed: false })}
          >
            {ORDERS.map((name) => (
              <option key={name} value={name}>
                {text.orders[name]}
              </option>
            ))}
          </select>
          <Button
            aria-pressed={listed.reversed}
            title={text.reversed}
            aria-label={text.reversed}
            onClick={() => set({ reversed: !listed.reversed })}
          >
            <span aria-hidden="true">{listed.reversed ? "↑" : "↓"}</span>
          </Button>
        </span>
      </div>
      {isFiltered(listed) && (
        <div class={styles.bar}>
          <Pills label={text.chosen_filters}>
            {filters.map(([name, words]) => (
              <Pill key={name} tone="accent" removeLabel={text.remove_filter(words)} onRemove={() => set(CLEARED[name])}>
                {words}
              </Pill>
            ))}
          </Pills>
          <Button kind="quiet" size="small" onClick={() => onChange(withoutFilters(listed))}>
            {text.clear_filters}
          </Button>
        </div>
      )}
    </div>
  );
}

// What each filter says, of those that are set.
function useFilterWords({ search, tag, domain, state, archived }: Listed): [FilterName, string][] {
  const text = useText().links;
  const words: [FilterName, string][] = [
    ["search", search && `${text.search}: ${search}`],
    ["tag", tag && `${text.tag}: ${tag}`],
    ["domain", domain && `${text.domain}: ${domain}`],
    ["state", state && `${text.state}: ${text.states[state]}`],
    ["archived", archived ? text.archived : ""],
  ];
  return words.filter(([, said]) => said);
}

function SearchField({
  listed,
  onChange,
  searchRef,
}: {
  listed: Listed;
  onChange: (search: string) => void;
  searchRef: RefObject<HTMLInputElement | null>;
}) {
  const text = useText().links;
  const [typed, setTyped] = useState(listed.search);
  const latest = useRef(onChange);
  latest.current = onChange;
  // What the address says counts when it changes from elsewhere: by the way back, or a pill that was taken away.
  useEffect(() => setTyped(listed.search), [listed.search]);
  useEffect(() => {
    if (typed === listed.search) {
      return;
    }
    const timer = setTimeout(() => latest.current(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, listed.search]);
  return (
    <input
      ref={searchRef}
      type="search"
      class={styles.search}
      aria-label={text.search_hint}
      placeholder={text.search_hint}
      aria-keyshortcuts="/"
      maxLength={128}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  // What no choice is called.
  all: string;
  // How values are called; default: as they are.
  words?: Readonly<Record<string, string>>;
  children: readonly string[];
}

function Choice({ label, value, onChange, all, words, children }: ChoiceProps) {
  return (
    <select
      class={styles.choice}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">{all}</option>
      {children.map((name) => (
        <option key={name} value={name}>
          {words?.[name] ?? name}
        </option>
      ))}
    </select>
  );
}

// The names that can be chosen, with the one that is, whether it is known (yet) or not.
function withChosen(names: readonly string[] | undefined, chosen: string): string[] {
  return [...new Set([...(chosen ? [chosen] : []), ...(names ?? [])])];
}
