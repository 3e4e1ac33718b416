// The interval that numbers are compared with.

import type { Comparison, Interval, Period } from "./props";
import { addDays, dayOf, daysBetween, isStartOfDay, moveDays, moveMonths, startOfDay } from "./zone";

export const NO_COMPARISON: Comparison = { name: "off" };

// Periods that are compared with the month, or twelve months, before.
const MONTHS: Partial<Record<Period["name"], number>> = { month: 1, last_month: 1, year: 12, "12mo": 12 };

// The interval to compare with: of a period that has not ended, as much as has gone by. null without a comparison.
//
// A month is compared with the month before and not with thirty days, and a day has the same clock times on both sides of
// a change of the clocks.
export function comparisonInterval(
  comparison: Comparison,
  period: Period,
  interval: Interval,
  zone: string,
): Interval | null {
  const { start, end } = interval;
  if (comparison.name === "off") return null;
  if (comparison.name === "custom") {
    return { start: startOfDay(comparison.from, zone), end: startOfDay(addDays(comparison.to, 1), zone) };
  }
  const days = daysBetween(dayOf(start, zone), dayOf(end - 1, zone)) + 1;
  if (comparison.matchWeekday && isStartOfDay(start, zone)) {
    return moved(interval, -weekdayShift(comparison.name, period, interval, days, zone), zone);
  }
  const months = comparison.name === "year" ? 12 : MONTHS[period.name];
  if (months) return monthsBefore(interval, months, zone);
  if (isStartOfDay(start, zone)) return moved(interval, -days, zone);
  return { start: start - (end - start), end: start };
}

// Whole weeks, so that weekdays match: for the period before so many that it is over when the other begins.
function weekdayShift(
  name: "previous" | "year",
  period: Period,
  interval: Interval,
  days: number,
  zone: string,
): number {
  if (name === "year") return 364;
  const months = MONTHS[period.name];
  const before = months ? moveMonths(interval.start, -months, zone) : moveDays(interval.start, -days, zone);
  return Math.ceil(daysBetween(dayOf(before, zone), dayOf(interval.start, zone)) / 7) * 7;
}

function moved({ start, end }: Interval, days: number, zone: string): Interval {
  return { start: moveDays(start, days, zone), end: moveDays(end, days, zone) };
}

function monthsBefore({ start, end }: Interval, months: number, zone: string): Interval {
  return { start: moveMonths(start, -months, zone), end: moveMonths(end, -months, zone) };
}
