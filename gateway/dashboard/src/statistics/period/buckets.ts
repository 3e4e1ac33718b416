// Which lengths of buckets suit an interval, and where a bucket ends.

import { BUCKETS, type BucketName, type Interval } from "./props";
import { addDays, addMonths, dayOf, firstOfMonth, mondayOf, startOfDay } from "./zone";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LENGTHS: Record<BucketName, number> = {
  minute: MINUTE,
  ten_minutes: 10 * MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
};

// More points than these cannot be told apart; QueryStats itself answers up to 10,000 buckets.
const MOST_POINTS = 1500;

// The buckets that make two to 1500 points of an interval, shortest first; at least one.
export function bucketChoices({ start, end }: Interval): BucketName[] {
  const length = Math.max(end - start, 0);
  const found = BUCKETS.filter((bucket) => length / LENGTHS[bucket] <= MOST_POINTS && length > LENGTHS[bucket]);
  if (found.length) return found;
  return length <= MINUTE ? ["minute"] : ["month"];
}

// The bucket that a chart of the interval begins with.
export function defaultBucket({ start, end }: Interval): BucketName {
  const length = end - start;
  if (length <= 2 * HOUR) return "minute";
  if (length <= 6 * HOUR) return "ten_minutes";
  if (length <= 3 * DAY) return "hour";
  if (length <= 100 * DAY) return "day";
  return length <= 400 * DAY ? "week" : "month";
}

// The chosen bucket where it suits the interval, else the default one.
export function suitableBucket(chosen: BucketName | null, interval: Interval): BucketName {
  return chosen && bucketChoices(interval).includes(chosen) ? chosen : defaultBucket(interval);
}

// When the bucket that begins at start ends; next is the start of the following one where there is one.
export function bucketEnd(start: number, next: number | undefined, bucket: BucketName, zone: string): number {
  if (next !== undefined) return next;
  // A bucket that holds the start of an interval may begin in the middle of nothing: days are counted from its own.
  const day = dayOf(start, zone);
  if (bucket === "day") return startOfDay(addDays(day, 1), zone);
  if (bucket === "week") return startOfDay(addDays(mondayOf(day), 7), zone);
  if (bucket === "month") return startOfDay(addMonths(firstOfMonth(day), 1), zone);
  return start + LENGTHS[bucket];
}
