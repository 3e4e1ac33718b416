import type { Text } from "@/text/en";
import type { Format } from "@/ui/format";
import { changeOf, comparedLabelOf, isIncomplete, labelOf } from "./points";
import type { Chart, ChartSeries } from "./props";

// What there is to say of one bucket; number and change are written as the reader writes them.
export interface BucketWords {
  label: string;
  isIncomplete: boolean;
  comparedLabel: string | null;
  series: { key: ChartSeries["key"]; label: string; value: string; before: string | null; change: string | null }[];
}

export function wordsOf(chart: Chart, index: number, text: Text, format: Format): BucketWords {
  const number = (value: number | null | undefined) => (value == null ? text.chart.unknown : format.number(value));
  const isPast = index >= chart.starts.length;
  const comparedLabel = comparedLabelOf(chart, index);
  return {
    label: isPast ? "" : labelOf(chart, index),
    isIncomplete: !isPast && isIncomplete(chart, index),
    comparedLabel,
    series: chart.series.map(({ key, label, values, compared }) => {
      const change = changeOf(values[index], compared?.[index]);
      return {
        key,
        label,
        value: isPast ? "" : number(values[index]),
        before: compared && comparedLabel !== null ? number(compared[index]) : null,
        change: change === null ? null : format.change(change),
      };
    }),
  };
}

// The same as a sentence, for readers: "Sun, 29 Nov 2026, not complete. Clicks: 12, compared with Sun, 22 Nov 2026: 10".
export function sentenceOf(words: BucketWords, text: Text): string {
  const head = [words.label, words.isIncomplete ? text.chart.incomplete : ""].filter(Boolean).join(", ");
  const parts = words.series.map(({ label, value, before, change }) => {
    const now = value && text.chart.metric_value(label, value);
    if (before === null || words.comparedLabel === null) return now;
    const then = text.chart.metric_value(text.chart.compared(words.comparedLabel), before);
    return [now, then, change].filter(Boolean).join(", ");
  });
  return [head, ...parts].filter(Boolean).join(". ");
}
