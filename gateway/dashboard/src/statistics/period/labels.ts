// Dates and times in the reader's language: of buckets, intervals and periods.

import type { BucketName, Interval, Period } from "./props";
import { daysOf } from "./periods";
import { addDays, dayOf, isStartOfDay, startOfDay } from "./zone";

const DATE: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
const CLOCK: Intl.DateTimeFormatOptions = { ...DATE, hour: "2-digit", minute: "2-digit" };

const formats = new Map<string, Intl.DateTimeFormat>();

// A format of the locale and zone, made once.
export function dateFormat(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, zone, options]);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    formats.set(key, format);
  }
  return format;
}

// A bucket in words, for instance "Sun, 29 Nov 2026", "23 – 29 Nov 2026", "November 2026" or "…, 14:00".
export function bucketLabel(start: number, end: number, bucket: BucketName, zone: string, locale: string): string {
  switch (bucket) {
    case "month":
      return dateFormat(locale, zone, { month: "long", year: "numeric" }).format(start);
    case "week":
      return dateFormat(locale, zone, { day: "numeric", month: "short", year: "numeric" }).formatRange(start, end - 1);
    case "day":
      return dateFormat(locale, zone, DATE).format(start);
    default:
      return clockLabel(start, zone, locale);
  }
}

// Date and clock; with the zone's offset where the clock changes that day, since an hour may then come twice.
function clockLabel(start: number, zone: string, locale: string): string {
  const day = dayOf(start, zone);
  const length = startOfDay(addDays(day, 1), zone) - startOfDay(day, zone);
  const changes = length !== 86_400_000;
  const options = changes ? { ...CLOCK, timeZoneName: "shortOffset" as const } : CLOCK;
  return dateFormat(locale, zone, options).format(start);
}

// An interval in words: days where it is made of whole ones, otherwise with times. An end that is not that of a day is
// that of what has gone by of it, where lastIsBegun.
export function intervalLabel({ start, end }: Interval, lastIsBegun: boolean, zone: string, locale: string): string {
  const whole = isStartOfDay(start, zone) && (isStartOfDay(end, zone) || lastIsBegun);
  const last = whole ? end - 1 : end;
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  const format = dateFormat(locale, zone, whole ? options : { ...options, hour: "2-digit", minute: "2-digit" });
  return format.formatRange(start, last);
}

// A period with dates of its own in words; null for those that move with the clock, which have names.
export function datesLabel(period: Period, zone: string, locale: string): string | null {
  if (period.name === "exact") return intervalLabel(period, false, zone, locale);
  if (period.name !== "custom" && !("date" in period && period.date)) return null;
  // They have dates of their own, so that today does not matter.
  const days = daysOf(period, "");
  if (!days) return null;
  const start = startOfDay(days.from, zone);
  if (period.name === "month") return dateFormat(locale, zone, { month: "long", year: "numeric" }).format(start);
  if (period.name === "year") return dateFormat(locale, zone, { year: "numeric" }).format(start);
  if (period.name === "day") return dateFormat(locale, zone, DATE).format(start);
  return intervalLabel({ start, end: startOfDay(addDays(days.to, 1), zone) }, false, zone, locale);
}
