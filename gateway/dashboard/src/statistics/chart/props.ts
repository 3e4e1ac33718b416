import type { BucketName, Interval } from '../period/props';

/** One line of the chart. */
export interface ChartSeries {
  /** Names the colour: --chart-clicks, --chart-people, --chart-visitors. */
  key: 'clicks' | 'people' | 'visitors';
  /** The metric in words, for instance "Visitors". */
  label: string;
  /** One number for each bucket; null where it is not known, for instance visitors where raw clicks are gone. */
  values: readonly (number | null)[];
  /** The numbers of the comparison, by position; may be shorter or longer than values. */
  compared?: readonly (number | null)[];
}

export interface ChartProps {
  /** Starts of the buckets, milliseconds since 1970, rising. */
  starts: readonly number[];
  series: readonly ChartSeries[];
  /** Starts of the comparison's buckets, by position; only with series that have compared. */
  comparedStarts?: readonly number[];
  bucket: BucketName;
  /** The interval that was counted. A bucket that is not wholly within it, or has not ended, is marked as incomplete. */
  interval: Interval;
  /** IANA name or fixed offset that the buckets follow. */
  timeZone: string;
  /** The reader's locale for numbers and dates. */
  locale: string;
  /** Milliseconds since 1970. */
  now: number;
  /** Called with an interval of whole buckets, within interval: by dragging, or by Enter on the bucket at the cursor. */
  onZoom: (interval: Interval) => void;
}
