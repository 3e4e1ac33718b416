import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import type { Page, Visitors } from "./answer";
import type { Interval } from "./period/props";
import { METRICS, type StatsState } from "./state";
import styles from "./totals.module.css";
import type { ChangeState } from "./use_state";

const DAY_MS = 86_400_000;

interface TotalsProps {
  state: StatsState;
  change: ChangeState;
  page: Page;
  visitors: Visitors | undefined;
}

// The figures of the interval, each compared with what was before; a metric's figure shows it in the chart.
export function Totals({ state, change, page, visitors }: TotalsProps) {
  const text = useText().statistics;
  const numbers = {
    clicks: { now: page.totals.clicks, before: page.before?.clicks },
    people: { now: page.totals.people, before: page.before?.people },
    visitors: { now: visitors?.total, before: visitors?.before ?? undefined },
  };
  const shown = METRICS.filter((metric) => metric !== "people" || state.audience === "all");
  return (
    <ul class={styles.totals} aria-label={text.totals}>
      {shown.map((metric) => (
        <li key={metric}>
          <button
            type="button"
            class={styles.total}
            data-metric={metric}
            aria-pressed={metric === state.metric}
            title={text.show_metric(text.metrics[metric])}
            onClick={() => change((former) => ({ ...former, metric }))}
          >
            <Figure label={text.metrics[metric]} {...numbers[metric]} isCompared={page.compared !== null} />
          </button>
        </li>
      ))}
      <li>
        <div class={styles.total} data-metric="per_day">
          <Figure
            label={text.per_day}
            now={perDay(page.totals.clicks, page.interval)}
            before={page.before ? perDay(page.before.clicks, page.compared) : undefined}
            isCompared={page.compared !== null}
          />
        </div>
      </li>
    </ul>
  );
}

interface FigureProps {
  label: string;
  // undefined: it is being counted.
  now: number | undefined;
  before: number | undefined;
  isCompared: boolean;
}

function Figure({ label, now, before, isCompared }: FigureProps) {
  const text = useText().statistics;
  const format = useFormat();
  return (
    <>
      <span class={styles.label}>{label}</span>
      <span class={styles.figure} data-value={now}>
        {now === undefined ? <span class={styles.awaited} title={text.counting_visitors} /> : format.number(now)}
      </span>
      {isCompared && now !== undefined && before !== undefined && <Change now={now} before={before} />}
    </>
  );
}

function Change({ now, before }: { now: number; before: number }) {
  const text = useText().statistics;
  const format = useFormat();
  if (before === 0) {
    return <span class={styles.change}>{text.no_before}</span>;
  }
  const share = (now - before) / before;
  const tone = share > 0 ? styles.more : share < 0 ? styles.less : "";
  return (
    <span class={`${styles.change} ${tone}`} title={text.before(format.number(before))}>
      <span aria-hidden="true">{share > 0 ? "▲ " : share < 0 ? "▼ " : ""}</span>
      {format.change(share)}
      <span class="visually-hidden"> ({text.before(format.number(before))})</span>
    </span>
  );
}

// Days may have begun: 30 clicks in half a day are 60 a day.
function perDay(clicks: number, interval: Interval | null): number {
  return interval && interval.end > interval.start ? clicks / ((interval.end - interval.start) / DAY_MS) : 0;
}
