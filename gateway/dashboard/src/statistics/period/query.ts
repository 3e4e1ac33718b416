// Period, comparison, bucket and time zone as parameters of the address, and back. What is not understood is the default.

import { BUCKETS, type BucketName, type Comparison, type Period, ROLLING, type RollingName } from "./props";
import { NO_COMPARISON } from "./comparison";
import { DEFAULT_PERIOD, samePeriod } from "./periods";
import { isDay, isTimeZone } from "./zone";

// What the address says of time: null is the default, which depends on the interval or on the reader's device.
export interface Timing {
  period: Period;
  comparison: Comparison;
  bucket: BucketName | null;
  timeZone: string | null;
}

type Parameters = Record<string, string>;

// Reads "period", "date", "from", "to", "compare", "compare_from", "compare_to", "match", "bucket" and "tz".
export function readTiming(query: URLSearchParams): Timing {
  const bucket = query.get("bucket");
  const zone = query.get("tz");
  return {
    period: readPeriod(query) ?? DEFAULT_PERIOD,
    comparison: readComparison(query),
    bucket: BUCKETS.find((each) => each === bucket) ?? null,
    timeZone: zone && isTimeZone(zone) ? zone : null,
  };
}

// The parameters that readTiming reads the same from; defaults are left out.
export function writeTiming({ period, comparison, bucket, timeZone }: Timing): Parameters {
  return {
    ...(samePeriod(period, DEFAULT_PERIOD) ? {} : writePeriod(period)),
    ...writeComparison(comparison),
    ...(bucket ? { bucket } : {}),
    ...(timeZone ? { tz: timeZone } : {}),
  };
}

function readPeriod(query: URLSearchParams): Period | null {
  const name = query.get("period");
  switch (name) {
    case "day":
    case "month":
    case "year": {
      const date = query.get("date");
      return date && isDay(date) ? { name, date } : { name };
    }
    case "custom": {
      const days = readDays(query.get("from"), query.get("to"));
      return days && { name, ...days };
    }
    case "exact": {
      const start = Date.parse(query.get("from") ?? "");
      const end = Date.parse(query.get("to") ?? "");
      return start < end ? { name, start, end } : null;
    }
    default:
      return isRolling(name) ? { name } : null;
  }
}

function writePeriod(period: Period): Parameters {
  switch (period.name) {
    case "day":
    case "month":
    case "year":
      return { period: period.name, ...(period.date ? { date: period.date } : {}) };
    case "custom":
      return { period: period.name, from: period.from, to: period.to };
    case "exact":
      return { period: period.name, from: isoOf(period.start), to: isoOf(period.end) };
    default:
      return { period: period.name };
  }
}

function readComparison(query: URLSearchParams): Comparison {
  const name = query.get("compare");
  if (name === "previous" || name === "year") return { name, matchWeekday: query.get("match") === "weekday" };
  const days = name === "custom" ? readDays(query.get("compare_from"), query.get("compare_to")) : null;
  return days ? { name: "custom", ...days } : NO_COMPARISON;
}

function writeComparison(comparison: Comparison): Parameters {
  if (comparison.name === "off") return {};
  if (comparison.name === "custom") {
    return { compare: "custom", compare_from: comparison.from, compare_to: comparison.to };
  }
  return { compare: comparison.name, ...(comparison.matchWeekday ? { match: "weekday" } : {}) };
}

function readDays(from: string | null, to: string | null): { from: string; to: string } | null {
  return from && to && isDay(from) && isDay(to) && from <= to ? { from, to } : null;
}

function isRolling(name: string | null): name is RollingName {
  return ROLLING.some((each) => each === name);
}

// Without what is zero: "2026-11-29T10:00Z".
function isoOf(instant: number): string {
  return new Date(instant).toISOString().replace(/(:00)?\.000Z$/, "Z");
}
