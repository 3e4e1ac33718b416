import { useMemo, useState } from "preact/hooks";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { Table } from "@/ui/table";
import styles from "./chart.module.css";
import { spanLabelOf } from "./points";
import type { Chart } from "./props";
import { wordsOf } from "./words";

// The numbers of the chart as rows, oldest first. They are made when somebody opens them.
export function ChartTable({ chart }: { chart: Chart }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <details class={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{text.chart.table}</summary>
      {isOpen && <Rows chart={chart} />}
    </details>
  );
}

function Rows({ chart }: { chart: Chart }) {
  const text = useText();
  const format = useFormat();
  const rows = useMemo(() => {
    const count = Math.max(chart.starts.length, chart.comparedStarts?.length ?? 0);
    return Array.from({ length: count }, (_, index) => wordsOf(chart, index, text, format));
  }, [chart.starts, chart.series, text, format]);
  const span = spanLabelOf(chart, chart.interval);
  const metrics = chart.series.map((series) => series.label).join(", ");
  return (
    <Table caption={text.chart.name(metrics, span)}>
      <thead>
        <tr>
          <th scope="col">{text.chart.time}</th>
          {chart.series.map(({ key, label, compared }) => [
            <th key={key} scope="col" class="number">
              {label}
            </th>,
            compared && (
              <th key={`${key}-compared`} scope="col" class="number">
                {text.chart.compared_column}
              </th>
            ),
            compared && (
              <th key={`${key}-change`} scope="col" class="number">
                {text.chart.change}
              </th>
            ),
          ])}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            <th scope="row">
              {row.label}
              {row.isIncomplete && <span class={styles.note}> ({text.chart.incomplete})</span>}
              {row.comparedLabel && <span class={styles.beneath}>{text.chart.compared(row.comparedLabel)}</span>}
            </th>
            {row.series.map(({ key, value, before, change }, number) => [
              <td key={key} class="number">
                {value}
              </td>,
              chart.series[number]?.compared && (
                <td key={`${key}-compared`} class="number">
                  {before}
                </td>
              ),
              chart.series[number]?.compared && (
                <td key={`${key}-change`} class="number">
                  {change}
                </td>
              ),
            ])}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
