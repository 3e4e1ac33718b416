import { useText } from "@/text";
import styles from "./chart.module.css";
import { spanLabelOf } from "./points";
import type { Chart } from "./props";

// Which line is which: nothing for a line alone.
export function ChartLegend({ chart }: { chart: Chart }) {
  const text = useText();
  const isCompared = chart.series.some((series) => series.compared);
  if (chart.series.length < 2 && !isCompared) return null;
  return (
    <ul class={styles.legend}>
      {chart.series.map(({ key, label }) => (
        <li key={key}>
          <span class={`${styles.swatch} ${styles[key]}`} />
          {chart.series.length > 1 ? label : spanLabelOf(chart, chart.interval)}
        </li>
      ))}
      {isCompared && (
        <li>
          <span class={`${styles.swatch} ${styles.compared}`} />
          {chart.comparedInterval
            ? spanLabelOf(chart, chart.comparedInterval)
            : text.chart.compared_series(chart.series[0]?.label ?? "")}
        </li>
      )}
    </ul>
  );
}
