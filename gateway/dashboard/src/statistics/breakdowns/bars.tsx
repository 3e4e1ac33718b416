import { Link } from "wouter";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { type Row, keyOf } from "../answer";
import type { Namer } from "../names";
import type { DimensionName } from "../state";
import styles from "./bars.module.css";

interface BarsProps {
  dimension: DimensionName;
  rows: readonly Row[];
  // Clicks of everything, which shares are of.
  total: number;
  namer: Namer;
  hasLinks: boolean;
  onChoose: (value: string) => void;
}

// Values with their clicks, each on a bar as long as its part of the first one's; choosing one filters by it.
export function Bars({ dimension, rows, total, namer, hasLinks, onChoose }: BarsProps) {
  const text = useText().statistics;
  const format = useFormat();
  const greatest = rows[0]?.clicks ?? 0;
  if (!rows.length) {
    return <p class={styles.none}>{text.no_rows}</p>;
  }
  return (
    <div>
      <div class={styles.head} aria-hidden="true">
        <span>{text.dimensions[dimension]}</span>
        <span>{text.metrics.clicks}</span>
      </div>
      <ul class={styles.bars} aria-label={text.dimensions[dimension]}>
        {rows.map((row) => {
          const name = namer.name(dimension, row.value);
          return (
            <li key={keyOf(row)} class={styles.row}>
              <span class={styles.bar} style={{ width: `${(100 * row.clicks) / greatest}%` }} />
              <button
                type="button"
                class={styles.value}
                title={text.only(name)}
                data-value={row.value}
                data-clicks={row.clicks}
                onClick={() => onChoose(row.value)}
              >
                <span class={styles.name}>
                  <bdi>{name}</bdi>
                  {row.country && <small class={styles.of}>{format.country(row.country)}</small>}
                </span>
                <span class={styles.share}>{total > 0 && format.percent(row.clicks / total)}</span>
                <span class={styles.number}>{format.number(row.clicks)}</span>
              </button>
              {hasLinks && dimension === "link" && <LinkPage id={row.value} name={name} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function LinkPage({ id, name }: { id: string; name: string }) {
  const label = useText().statistics.open_link(name);
  return (
    <Link href={`/links/${id}/statistics`} className={styles.page} aria-label={label} title={label}>
      <Icon name="statistics" size={15} />
    </Link>
  );
}
