import type { BucketName, Interval } from "../period/props";

// One line of the chart.
export interface ChartSeries {
  // Names the colour: --chart-clicks, --chart-people, --chart-visitors.
  key: "clicks" | "people" | "visitors";
  // The metric in words, for instance "Visitors".
  label: string;
  // One number for each bucket; null where it is not known, for instance visitors where raw clicks are gone.
  values: readonly (number | null)[];
  // The numbers of the comparison, by position; may be shorter or longer than values.
  compared?: readonly (number | null)[];
}

// The chart is drawn anew when starts, series or another of these is another object: keep them (useMemo, a query's data).
export interface ChartProps {
  // Starts of the buckets, milliseconds since 1970, rising.
  starts: readonly number[];
  series: readonly ChartSeries[];
  // Starts of the comparison's buckets, by position; only with series that have compared.
  comparedStarts?: readonly number[];
  // The comparison's interval.
  comparedInterval?: Interval;
  bucket: BucketName;
  // The interval that was counted. A bucket that is not wholly within it, or has not ended, is marked as incomplete.
  interval: Interval;
  // IANA name or fixed offset that the buckets follow.
  timeZone: string;
  // Milliseconds since 1970.
  now: number;
  // Called with an interval of whole buckets, within interval: by dragging, or by Enter on the bucket at the cursor.
  onZoom: (interval: Interval) => void;
}

// The chart with the reader's locale.
export type Chart = Omit<ChartProps, "onZoom"> & { locale: string };
