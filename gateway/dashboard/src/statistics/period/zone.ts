// Local time of any time zone by the browser's own Intl: days, and the instants at which they begin.

import type { Day } from "./props";

const MINUTE = 60_000;
const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

// Whether the browser knows the zone: an IANA name or a fixed offset such as "+05:30".
export function isTimeZone(zone: string): boolean {
  try {
    return Boolean(formatOf(zone));
  } catch {
    return false;
  }
}

// The zone of the reader's device.
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

// Local time at an instant, written as the instant at which UTC has the same date and clock.
export function wallTime(instant: number, zone: string): number {
  const at: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) at[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = at;
  const below = ((instant % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + below;
}

// The instant at which a zone's clock shows a local time (as wallTime writes it). Of two the first; a time that the clock
// jumps over is moved behind the jump, by as much as it jumps: midnight then becomes the jump itself.
export function instantOf(wall: number, zone: string): number {
  // A day around the time there is at most one change: these are the offsets before and after it.
  const before = wallTime(wall - DAY, zone) - (wall - DAY);
  const after = wallTime(wall + DAY, zone) - (wall + DAY);
  const candidates = [wall - before, wall - after];
  const shown = candidates.filter((instant) => wallTime(instant, zone) === wall);
  return shown.length ? Math.min(...shown) : wall - before;
}

// The local date at an instant.
export function dayOf(instant: number, zone: string): Day {
  return dayOfWall(wallTime(instant, zone));
}

// The instant at which a local day begins; a day that was skipped begins with the next one.
export function startOfDay(day: Day, zone: string): number {
  return instantOf(wallOf(day), zone);
}

// Whether a local day begins at the instant.
export function isStartOfDay(instant: number, zone: string): boolean {
  return startOfDay(dayOf(instant, zone), zone) === instant;
}

// The same clock time so many days later, or earlier.
export function moveDays(instant: number, days: number, zone: string): number {
  return instantOf(wallTime(instant, zone) + days * DAY, zone);
}

// The same clock time so many months later, or earlier; of a month that is too short its last day.
export function moveMonths(instant: number, months: number, zone: string): number {
  const wall = wallTime(instant, zone);
  const day = dayOfWall(wall);
  return instantOf(wallOf(addMonths(day, months)) + (wall - wallOf(day)), zone);
}

export function addDays(day: Day, days: number): Day {
  return dayOfWall(wallOf(day) + days * DAY);
}

// The same day so many months later; of a month that is too short its last day.
export function addMonths(day: Day, months: number): Day {
  const date = new Date(wallOf(day));
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const next = new Date(first);
  const length = new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 0)).getUTCDate();
  return dayOfWall(first + (Math.min(date.getUTCDate(), length) - 1) * DAY);
}

// How many days the second is after the first.
export function daysBetween(first: Day, second: Day): number {
  return Math.round((wallOf(second) - wallOf(first)) / DAY);
}

export function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 8)}01`;
}

export function firstOfYear(day: Day): Day {
  return `${day.slice(0, 5)}01-01`;
}

// The Monday of the day's week.
export function mondayOf(day: Day): Day {
  return addDays(day, -((new Date(wallOf(day)).getUTCDay() + 6) % 7));
}

// Whether the text is a date of the calendar, for instance "2024-02-29".
export function isDay(text: string): text is Day {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(wallOf(text)) && dayOfWall(wallOf(text)) === text;
}

// The last whole minute.
export function wholeMinute(instant: number): number {
  return Math.floor(instant / MINUTE) * MINUTE;
}

function wallOf(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function dayOfWall(wall: number): Day {
  return new Date(wall).toISOString().slice(0, 10);
}
