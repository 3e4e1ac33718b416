// What the period picker shows and gives back. Times are milliseconds since 1970, days are local dates "2026-11-29".

// A local calendar date as ISO 8601 writes it, for instance "2026-11-29". Which zone it is of is said beside it.
export type Day = string;

// From start, which it includes, to end, which it does not. Milliseconds since 1970.
export interface Interval {
  start: number;
  end: number;
}

// An interval whose start may be open: null is the first click's time, as it is for QueryStats.
export interface AskedInterval {
  start: number | null;
  end: number;
}

// Lengths of buckets, shortest first; the words are those of the address and of the contract's enum.
export const BUCKETS = ["minute", "ten_minutes", "hour", "day", "week", "month"] as const;
export type BucketName = (typeof BUCKETS)[number];

// Periods that move with the clock and need no date: "7d" are seven calendar days, today the last of them.
export const ROLLING = ["realtime", "24h", "yesterday", "7d", "28d", "30d", "91d", "last_month", "12mo", "all"] as const;
export type RollingName = (typeof ROLLING)[number];

export type Period =
  | { name: RollingName }
  // A calendar day, month or year that date is in; without date the one of now, up to now.
  | { name: "day" | "month" | "year"; date?: Day }
  // Whole days, both included.
  | { name: "custom"; from: Day; to: Day }
  // Any interval, as zooming gives it.
  | { name: "exact"; start: number; end: number };

export type Comparison =
  | { name: "off" }
  // The period before, or the same one a year before; with matchWeekday moved so that it begins on the same weekday.
  | { name: "previous" | "year"; matchWeekday: boolean }
  // Whole days, both included.
  | { name: "custom"; from: Day; to: Day };

export interface PeriodPickerProps {
  period: Period;
  comparison: Comparison;
  // The bucket that is in use: the reader's choice, or defaultBucket(interval).
  bucket: BucketName;
  // IANA name, or a fixed offset as "+05:30".
  timeZone: string;
  // The interval of the period as it was counted: for "all" with the start that the answer filled in, else null.
  interval: Interval | null;
  // The moment up to which is counted, since 1970 in milliseconds: whole minutes, so that the same is asked for a minute.
  now: number;
  // Rises each time the reader asks by a key to choose days: the menu then opens there.
  daysAsked?: number;
  onPeriod: (period: Period) => void;
  onComparison: (comparison: Comparison) => void;
  onBucket: (bucket: BucketName) => void;
  // Empty: that of the reader's device from now on.
  onTimeZone: (timeZone: string) => void;
}
