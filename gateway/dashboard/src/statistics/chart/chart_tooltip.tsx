import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { useText } from "@/text";
import styles from "./chart.module.css";
import type { BucketWords } from "./words";

interface ChartTooltipProps {
  words: BucketWords;
  plot: uPlot;
  index: number;
  onZoom: () => void;
}

// The numbers at the cursor, beside it on the side that has room. Readers hear them by the live text instead.
export function ChartTooltip({ words, plot, index, onZoom }: ChartTooltipProps) {
  const text = useText();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => setWidth(box.current?.offsetWidth ?? 0));
  const origin = plot.over.offsetLeft;
  const at = origin + plot.valToPos(index, "x");
  const right = at + 14;
  const left = at - 14 - width;
  const place = right + width <= plot.width ? right : Math.max(left, 0);
  return (
    <div ref={box} class={styles.tooltip} style={{ left: `${place}px` }} aria-hidden="true">
      {words.label && (
        <p class={styles.tooltip_head}>
          {words.label}
          {words.isIncomplete && <span class={styles.note}> {text.chart.incomplete}</span>}
        </p>
      )}
      <dl class={styles.numbers}>
        {words.series.map(({ key, label, value, before, change }) => [
          value && (
            <div key={key}>
              <dt>
                <span class={`${styles.swatch} ${styles[key]}`} />
                {label}
              </dt>
              <dd>{value}</dd>
              <dd class={styles.note}>{change}</dd>
            </div>
          ),
          before !== null && (
            <div key={`${key}-compared`}>
              <dt class={styles.note}>
                <span class={`${styles.swatch} ${styles.compared}`} />
                {words.comparedLabel}
              </dt>
              <dd>{before}</dd>
            </div>
          ),
        ])}
      </dl>
      {words.label && (
        // Not by a click: before one, a browser takes the pointer away from the chart, and with it this.
        <button type="button" tabIndex={-1} class={styles.zoom} onPointerUp={onZoom}>
          {text.chart.zoom}
        </button>
      )}
    </div>
  );
}
