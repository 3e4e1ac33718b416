import "uplot/dist/uPlot.min.css";
import { useId, useMemo, useRef, useState } from "preact/hooks";
import { useLanguage } from "@/text";
import { useFormat } from "@/ui/format";
import styles from "./chart.module.css";
import { ChartLegend } from "./chart_legend";
import { ChartTable } from "./chart_table";
import { ChartTooltip } from "./chart_tooltip";
import { labelOf, spanOf, summaryOf } from "./points";
import type { ChartProps } from "./props";
import { usePlot } from "./use_plot";
import { sentenceOf, wordsOf } from "./words";

// Clicks over time, with what they are compared with. Whatever the lines show can be read at the cursor, which the mouse,
// a finger and the keyboard move, and in the table below.
export default function TimeChart({ onZoom, ...numbers }: ChartProps) {
  const { locale, text } = useLanguage();
  const format = useFormat();
  const chart = { ...numbers, locale };
  const root = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  // Only what the keyboard does is read out.
  const [spoken, setSpoken] = useState("");
  const hintId = useId();

  const drawn = usePlot(root, chart, {
    onCursor: setCursor,
    onSelect: (first, last) => onZoom(spanOf(chart, first, last)),
  });
  const points = Math.max(chart.starts.length, chart.comparedStarts?.length ?? 0);
  const shown = cursor !== null && cursor < points ? cursor : null;
  const words = shown === null ? null : wordsOf(chart, shown, text, format);

  const moveTo = (index: number | null) => {
    const self = drawn.current;
    setCursor(index);
    setSpoken(index === null ? "" : sentenceOf(wordsOf(chart, index, text, format), text));
    if (self) self.setCursor(index === null ? { left: -10, top: -10 } : { left: self.valToPos(index, "x"), top: 0 });
  };
  const zoomAt = (index: number | null) => {
    if (index !== null && index < chart.starts.length) onZoom(spanOf(chart, index, index));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = points - 1;
    const targets: Record<string, number | null> = {
      ArrowLeft: Math.max((shown ?? points) - 1, 0),
      ArrowRight: Math.min((shown ?? -1) + 1, last),
      PageUp: Math.max((shown ?? points) - 10, 0),
      PageDown: Math.min((shown ?? -1) + 10, last),
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target !== undefined && points > 0) moveTo(target);
    else if (event.key === "Enter" && shown !== null) zoomAt(shown);
    else if (event.key === "Escape" && shown !== null) moveTo(null);
    else return;
    // The keys of the screen, such as those of periods, do not hear what the chart has used.
    event.preventDefault();
    event.stopPropagation();
  };

  const summary = useMemo(
    () =>
      chart.series
        .map((series) => {
          const found = summaryOf(series);
          if (!found || !found.total) return text.chart.metric_value(series.label, text.chart.empty);
          const { total, greatest, index } = found;
          const [sum, most] = [total, greatest].map(format.number) as [string, string];
          return text.chart.summary(series.label, sum, most, labelOf(chart, index));
        })
        .join(" "),
    [chart.starts, chart.series, text, format],
  );

  return (
    <figure class={styles.chart}>
      <ChartLegend chart={chart} />
      <div
        class={styles.stage}
        role="application"
        aria-roledescription={text.chart.role}
        aria-label={summary}
        aria-describedby={hintId}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => moveTo(null)}
      >
        <div ref={root} class={styles.plot} aria-hidden="true" />
        {words && shown !== null && drawn.current && (
          <ChartTooltip words={words} plot={drawn.current} index={shown} onZoom={() => zoomAt(shown)} />
        )}
      </div>
      <p id={hintId} class="visually-hidden">
        {text.chart.keys}
      </p>
      <p class="visually-hidden" aria-live="polite">
        {spoken}
      </p>
      <ChartTable chart={chart} />
    </figure>
  );
}
