import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Pill, Pills } from "@/ui/pill";
import type { Namer } from "../names";
import { useLinks } from "../queries";
import type { Question } from "../question";
import { type StatsFilter, type StatsState, filterText, isFiltered, withFilter, withoutFilters } from "../state";
import { useNamer } from "../use_namer";
import type { ChangeState } from "../use_state";
import { FilterEditor } from "./filter_editor";
import styles from "./filters.module.css";

interface FilterBarProps {
  state: StatsState;
  change: ChangeState;
  question: Question;
  // Whether links can be named and found for who looks.
  hasLinks: boolean;
  // More that narrows down, in front.
  children: ComponentChildren;
}

// All filters as pills: each can be changed and taken away, and another one added.
export function FilterBar({ state, change, question, hasLinks, children }: FilterBarProps) {
  const text = useText().statistics;
  // The place of the filter that is being edited; the one behind the last is new.
  const [edited, setEdited] = useState<number>();
  const ids = useMemo(() => (hasLinks ? linkIdsOf(state.filters) : []), [state.filters, hasLinks]);
  const namer = useNamer(useLinks(ids));
  return (
    <div class={styles.bar}>
      {children}
      {isFiltered(state) && (
        <Pills label={text.filters.title}>
          {state.filters.map((filter, place) => (
            <FilterPill
              key={filterText(filter)}
              filter={filter}
              namer={namer}
              onEdit={() => setEdited(place)}
              onRemove={() => change((former) => withFilter(former, place, undefined))}
            />
          ))}
          {state.audience !== "all" && (
            <Pill
              tone="accent"
              removeLabel={text.filters.remove(text.audiences[state.audience])}
              onRemove={() => change((former) => ({ ...former, audience: "all" }))}
            >
              {text.audiences[state.audience]}
            </Pill>
          )}
          {state.tag && (
            <Pill
              tone="accent"
              removeLabel={text.filters.remove(text.of_tag(state.tag))}
              onRemove={() => change((former) => ({ ...former, tag: "" }))}
            >
              {text.of_tag(state.tag)}
            </Pill>
          )}
        </Pills>
      )}
      <Button kind="quiet" size="small" icon="plus" onClick={() => setEdited(state.filters.length)}>
        {text.filters.add}
      </Button>
      {isFiltered(state) && (
        <Button kind="quiet" size="small" title="Esc" onClick={() => change(withoutFilters)}>
          {text.filters.clear}
        </Button>
      )}
      {edited !== undefined && (
        <FilterEditor
          filter={state.filters[edited]}
          question={question}
          hasLinks={hasLinks}
          onClose={() => setEdited(undefined)}
          onApply={(filter) => {
            setEdited(undefined);
            change((former) => withFilter(former, edited, filter));
          }}
        />
      )}
    </div>
  );
}

interface FilterPillProps {
  filter: StatsFilter;
  namer: Namer;
  onEdit: () => void;
  onRemove: () => void;
}

function FilterPill({ filter, namer, onEdit, onRemove }: FilterPillProps) {
  const text = useText().statistics;
  const values = filter.values.map((value) => namer.name(filter.dimension, value));
  const words = [
    text.dimensions[filter.dimension],
    text.filters.operators[filter.operator],
    values.join(` ${text.filters.or} `),
  ].join(" ");
  return (
    <Pill tone="accent" removeLabel={text.filters.remove(words)} onRemove={onRemove}>
      <button type="button" class={styles.edit} aria-label={text.filters.edit(words)} title={words} onClick={onEdit}>
        {words}
      </button>
    </Pill>
  );
}

function linkIdsOf(filters: readonly StatsFilter[]): string[] {
  return filters.flatMap((filter) => (filter.dimension === "link" ? filter.values : [])).slice(0, 100);
}
