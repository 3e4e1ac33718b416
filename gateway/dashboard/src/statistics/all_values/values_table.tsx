import { Link } from "wouter";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { Table } from "@/ui/table";
import { type Counts, type Row, keyOf } from "../answer";
import type { Namer } from "../names";
import type { AllValues } from "../state";
import styles from "./all_values.module.css";

interface ValuesTableProps {
  all: AllValues;
  rows: readonly Row[];
  totals: Counts;
  namer: Namer;
  hasLinks: boolean;
  onSort: (sort: AllValues["sort"]) => void;
  onChoose: (value: string) => void;
}

// Values with their numbers; a column's head puts them in its order, a value filters by it.
export function ValuesTable({ all, rows, totals, namer, hasLinks, onSort, onChoose }: ValuesTableProps) {
  const text = useText().statistics;
  const format = useFormat();
  if (!rows.length) {
    return <p class={styles.none}>{all.search ? text.not_found : text.no_rows}</p>;
  }
  return (
    <Table caption={text.all_of(text.dimensions[all.dimension])}>
      <thead>
        <tr>
          <th scope="col">{text.dimensions[all.dimension]}</th>
          <Head name="clicks" all={all} onSort={onSort} />
          <Head name="people" all={all} onSort={onSort} />
          <th scope="col" class="number">
            {text.share_of_clicks}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const name = namer.name(all.dimension, row.value);
          return (
            <tr key={keyOf(row)} data-value={row.value}>
              <th scope="row">
                <button type="button" class={styles.value} title={text.only(name)} onClick={() => onChoose(row.value)}>
                  <bdi>{name}</bdi>
                </button>
                {row.country && <small> {format.country(row.country)}</small>}
                {hasLinks && all.dimension === "link" && (
                  <Link href={`/links/${row.value}/statistics`} aria-label={text.open_link(name)}>
                    {" "}
                    <Icon name="statistics" size={14} />
                  </Link>
                )}
              </th>
              <td class="number">{format.number(row.clicks)}</td>
              <td class="number">{format.number(row.people)}</td>
              <td class="number">{totals.clicks > 0 && format.percent(row.clicks / totals.clicks)}</td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

interface HeadProps {
  name: AllValues["sort"];
  all: AllValues;
  onSort: (sort: AllValues["sort"]) => void;
}

function Head({ name, all, onSort }: HeadProps) {
  const text = useText().statistics;
  const isChosen = all.sort === name;
  return (
    <th scope="col" class="number" aria-sort={isChosen ? "descending" : undefined}>
      <button type="button" class={styles.head} onClick={() => onSort(name)}>
        {text.metrics[name]}
        {isChosen && <Icon name="down" size={13} />}
      </button>
    </th>
  );
}
