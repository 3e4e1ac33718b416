import { useState } from "preact/hooks";
import { useSearchParams } from "wouter";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty_state";
import { Screen } from "@/ui/screen";
import { ClickRow } from "./click_row";
import { FilterBar } from "./filter_bar";
import { type Filters, filtersOf, queryOf, withFilter } from "./filters";
import styles from "./screen.module.css";
import { Status } from "./status";
import { useLive } from "./use_live";

// Clicks as they are stored. What they are filtered by is in the address.
export default function LiveScreen() {
  const text = useText();
  const [query, setQuery] = useSearchParams();
  const [isPaused, setPaused] = useState(false);
  const filters = filtersOf(query);
  const live = useLive(filters, isPaused);
  const setFilters = (chosen: Filters) => setQuery(queryOf(chosen), { replace: true });
  const pause = (
    <Button icon={isPaused ? "play" : "pause"} onClick={() => setPaused(!isPaused)}>
      {isPaused ? text.live.resume(live.waiting) : text.live.pause}
    </Button>
  );
  return (
    <Screen title={text.live.title} lead={text.live.lead} actions={pause}>
      <div class={styles.bar}>
        <Status live={live} />
      </div>
      <FilterBar filters={filters} onChange={setFilters} />
      <Card isFlush>
        {live.clicks.length > 0 ? (
          <ol role="list" aria-label={text.live.list}>
            {live.clicks.map((click) => (
              <ClickRow key={click.id} click={click} onFilter={(name, value) => setFilters(withFilter(filters, name, value))} />
            ))}
          </ol>
        ) : (
          <EmptyState icon="live" title={text.live.nothing}>
            {filters.length > 0 ? text.live.nothing_filtered : text.live.nothing_hint}
          </EmptyState>
        )}
      </Card>
    </Screen>
  );
}
