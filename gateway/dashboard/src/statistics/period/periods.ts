// What a period means at a moment in a time zone, the periods beside it, and the keys that choose them.

import { type AskedInterval, type Day, type Interval, type Period, type RollingName } from "./props";
import {
  addDays,
  addMonths,
  dayOf,
  daysBetween,
  firstOfMonth,
  firstOfYear,
  isStartOfDay,
  startOfDay,
} from "./zone";

const HOUR = 3_600_000;

// The period of a screen that was opened without one.
export const DEFAULT_PERIOD: Period = { name: "30d" };

// Periods of the menu with the keys that choose them, in the order in which they are shown. Keys are Plausible's.
export const PERIOD_KEYS: readonly (readonly [key: string, period: Period])[] = [
  ["d", { name: "day" }],
  ["e", { name: "yesterday" }],
  ["r", { name: "realtime" }],
  ["h", { name: "24h" }],
  ["w", { name: "7d" }],
  ["f", { name: "28d" }],
  ["t", { name: "30d" }],
  ["n", { name: "91d" }],
  ["m", { name: "month" }],
  ["p", { name: "last_month" }],
  ["y", { name: "year" }],
  ["l", { name: "12mo" }],
  ["a", { name: "all" }],
];

const ROLLING_DAYS: Partial<Record<RollingName, number>> = { "7d": 7, "28d": 28, "30d": 30, "91d": 91 };

// The days of a period that is made of whole ones, the last included; null for others. today is the local date.
export function daysOf(period: Period, today: Day): { from: Day; to: Day } | null {
  switch (period.name) {
    case "day": {
      const day = period.date ?? today;
      return { from: day, to: day };
    }
    case "yesterday":
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case "month":
      return monthOf(period.date ?? today);
    case "last_month":
      return monthOf(addMonths(today, -1));
    case "year": {
      const from = firstOfYear(period.date ?? today);
      return { from, to: addDays(addMonths(from, 12), -1) };
    }
    case "12mo":
      return { from: addDays(addMonths(today, -12), 1), to: today };
    case "custom":
      return { from: period.from, to: period.to };
    case "realtime":
    case "24h":
    case "all":
    case "exact":
      return null;
    default:
      return { from: addDays(today, 1 - (ROLLING_DAYS[period.name] ?? 1)), to: today };
  }
}

// The interval of a period: up to now where it has not ended. now is not in it any more, since 1970 in milliseconds.
export function intervalOf(period: Period, now: number, zone: string): AskedInterval {
  switch (period.name) {
    case "realtime":
      return { start: now - HOUR / 2, end: now };
    case "24h":
      return { start: now - 24 * HOUR, end: now };
    case "all":
      return { start: null, end: now };
    case "exact":
      return { start: period.start, end: period.end };
    default: {
      const days = daysOf(period, todayOf(now, zone));
      if (!days) throw new Error(`no days: ${period.name}`);
      const start = startOfDay(days.from, zone);
      const end = startOfDay(addDays(days.to, 1), zone);
      // What lies wholly in the future is asked as it is, and has no clicks.
      return { start, end: start < now ? Math.min(end, now) : end };
    }
  }
}

// The period before (direction -1) or after (1) one, of the same length; null where there is none: before "all", and
// after now.
export function neighbour(period: Period, direction: -1 | 1, now: number, zone: string): Period | null {
  const found = beside(period, direction, now, zone);
  if (!found) return null;
  const { start } = intervalOf(found, now, zone);
  return start !== null && start >= now ? null : found;
}

function beside(period: Period, direction: -1 | 1, now: number, zone: string): Period | null {
  const today = todayOf(now, zone);
  if (period.name === "exact") {
    const length = (period.end - period.start) * direction;
    return { name: "exact", start: period.start + length, end: period.end + length };
  }
  const days = daysOf(period, today);
  if (!days) return null;
  if (period.name === "month" || period.name === "last_month") {
    return dated("month", addMonths(days.from, direction), today);
  }
  if (period.name === "year") return dated("year", addMonths(days.from, 12 * direction), today);
  if (period.name === "day" || period.name === "yesterday") return dated("day", addDays(days.from, direction), today);
  const length = (daysBetween(days.from, days.to) + 1) * direction;
  return { name: "custom", from: addDays(days.from, length), to: addDays(days.to, length) };
}

// The calendar period that date is in; the one of today is the one that moves with the clock.
function dated(name: "day" | "month" | "year", date: Day, today: Day): Period {
  const first = { day: (day: Day) => day, month: firstOfMonth, year: firstOfYear }[name];
  return first(date) === first(today) ? { name } : { name, date };
}

// The period that says an interval in the simplest way: a day, a month, whole days, or the interval itself.
export function periodOf(interval: Interval, now: number, zone: string): Period {
  const { start, end } = interval;
  const today = todayOf(now, zone);
  const whole = isStartOfDay(start, zone) && (isStartOfDay(end, zone) || (end === now && start < now));
  if (!whole) return { name: "exact", start, end };
  const from = dayOf(start, zone);
  const to = dayOf(end - 1, zone);
  if (from === to) return dated("day", from, today);
  const month = monthOf(from);
  if (month.from === from && (month.to === to || (to === today && firstOfMonth(to) === from))) {
    return dated("month", from, today);
  }
  return { name: "custom", from, to };
}

// The local day that has begun before now: at midnight that which ends.
export function todayOf(now: number, zone: string): Day {
  return dayOf(now - 1, zone);
}

// Whether two periods are the same choice.
export function samePeriod(one: Period, other: Period): boolean {
  const write = (period: Period) => JSON.stringify(Object.entries(period).sort());
  return write(one) === write(other);
}

function monthOf(day: Day): { from: Day; to: Day } {
  const from = firstOfMonth(day);
  return { from, to: addDays(addMonths(from, 1), -1) };
}
