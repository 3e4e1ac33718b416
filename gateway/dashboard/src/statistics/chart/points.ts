// The numbers of a chart as it draws them and says them: one point a bucket, with what it is compared with.

import { bucketEnd } from "../period/buckets";
import { bucketLabel, intervalLabel } from "../period/labels";
import type { Interval } from "../period/props";
import type { Chart, ChartSeries } from "./props";

// When a bucket ends.
export function endOf({ starts, bucket, timeZone }: Chart, index: number): number {
  return bucketEnd(starts[index] ?? 0, starts[index + 1], bucket, timeZone);
}

// Whether the numbers of a bucket are of a part of it only: the interval begins or ends in it, or it is not over.
export function isIncomplete(chart: Chart, index: number): boolean {
  const start = chart.starts[index] ?? 0;
  const end = endOf(chart, index);
  return start < chart.interval.start || end > chart.interval.end || end > chart.now;
}

// A bucket in words.
export function labelOf(chart: Chart, index: number): string {
  return bucketLabel(chart.starts[index] ?? 0, endOf(chart, index), chart.bucket, chart.timeZone, chart.locale);
}

// The bucket of the comparison that has the same position, in words; null where there is none.
export function comparedLabelOf(chart: Chart, index: number): string | null {
  const starts = chart.comparedStarts;
  return starts?.[index] === undefined ? null : labelOf({ ...chart, starts }, index);
}

// An interval of the chart in words: without clock times where its buckets are days or longer.
export function spanLabelOf({ bucket, timeZone, locale }: Chart, interval: Interval): string {
  const isClock = bucket === "minute" || bucket === "ten_minutes" || bucket === "hour";
  return intervalLabel(interval, !isClock, timeZone, locale);
}

// The interval of the buckets from first to last, as far as it was counted.
export function spanOf(chart: Chart, first: number, last: number): Interval {
  return {
    start: Math.max(chart.starts[first] ?? 0, chart.interval.start),
    end: Math.min(endOf(chart, last), chart.interval.end),
  };
}

// By which part of itself a number has changed: 0.2 for from 10 to 12; null where there is nothing to compare with.
export function changeOf(value: number | null | undefined, before: number | null | undefined): number | null {
  if (value == null || !before) return null;
  return (value - before) / before;
}

// Sum and greatest number of a line, and the bucket of the latter; null for a line without any number.
export function summaryOf({ values }: ChartSeries): { total: number; greatest: number; index: number } | null {
  let index = -1;
  let total = 0;
  values.forEach((value, at) => {
    if (value === null) return;
    total += value;
    if (index < 0 || value > (values[index] ?? 0)) index = at;
  });
  return index < 0 ? null : { total, greatest: values[index] ?? 0, index };
}
