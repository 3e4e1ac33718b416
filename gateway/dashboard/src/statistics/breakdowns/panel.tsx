import { Suspense, lazy } from "preact/compat";
import { useMemo } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Skeleton } from "@/ui/skeleton";
import type { Page, Row } from "../answer";
import type { Namer } from "../names";
import { ROWS_SHOWN } from "../question";
import { type DimensionName, type PanelName, type TabName, withValue } from "../state";
import type { ChangeState } from "../use_state";
import { Bars } from "./bars";
import styles from "./panels.module.css";

// Of the same countries, for the keyboard and for readers.
const ROWS_BELOW_MAP = 4;
const WorldMap = lazy(() => import("../map/map"));

interface PanelProps {
  name: PanelName;
  tabs: readonly TabName[];
  chosen: TabName;
  page: Page;
  namer: Namer;
  hasLinks: boolean;
  change: ChangeState;
}

// Lists that belong together, one of them in sight.
export function Panel({ name, tabs, chosen, page, namer, hasLinks, change }: PanelProps) {
  const text = useText().statistics;
  const dimension: DimensionName = chosen === "map" ? "country" : chosen;
  const rows = page.lists[dimension] ?? [];
  const choose = (value: string) => change((state) => withValue(state, dimension, value));
  const openAll = () =>
    change((state) => ({ ...state, all: { dimension, search: "", page: 1, sort: "clicks" } }));
  return (
    <Card
      title={text.panels[name]}
      actions={
        <div class={styles.tabs} role="group" aria-label={text.panels[name]}>
          {tabs.map((tab) => (
            <button
              key={tab}
              type="button"
              class={styles.tab}
              aria-pressed={tab === chosen}
              onClick={() => change((state) => ({ ...state, tabs: { ...state.tabs, [name]: tab } }))}
            >
              {text.tabs[tab]}
            </button>
          ))}
        </div>
      }
    >
      <div class={styles.panel} data-panel={name} data-dimension={dimension}>
        {chosen === "map" && <Countries rows={rows} onChoose={choose} />}
        <Bars
          dimension={dimension}
          rows={rows.slice(0, chosen === "map" ? ROWS_BELOW_MAP : ROWS_SHOWN)}
          total={page.totals.clicks}
          namer={namer}
          hasLinks={hasLinks}
          onChoose={choose}
        />
        {rows.length > 0 && (
          <div class={styles.more}>
            <Button kind="quiet" size="small" aria-label={text.all_of(text.tabs[chosen])} onClick={openAll}>
              {text.all}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function Countries({ rows, onChoose }: { rows: readonly Row[]; onChoose: (country: string) => void }) {
  const text = useText().statistics;
  const countries = useMemo(() => rows.map(({ value, clicks }) => ({ country: value, value: clicks })), [rows]);
  return (
    <Suspense fallback={<Skeleton shape="block" />}>
      <WorldMap countries={countries} label={text.metrics.clicks} onChoose={onChoose} />
    </Suspense>
  );
}
