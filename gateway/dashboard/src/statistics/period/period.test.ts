import { describe, expect, test } from "vitest";

import { bucketChoices, bucketEnd, defaultBucket } from "./buckets";
import { comparisonInterval } from "./comparison";
import { bucketLabel } from "./labels";
import { intervalOf, neighbour, periodOf } from "./periods";
import type { Comparison, Interval, Period } from "./props";
import { readTiming, writeTiming } from "./query";
import { addMonths, instantOf, startOfDay } from "./zone";

const ZURICH = "Europe/Zurich";
const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);
const iso = ({ start, end }: Interval) => [start, end].map((each) => new Date(each).toISOString().slice(0, 16));

describe("days begin where the clock of the zone says so", () => {
  test.each([
    ["2026-03-29", ZURICH, "2026-03-28T23:00Z"],
    ["2026-03-30", ZURICH, "2026-03-29T22:00Z"],
    ["2026-10-26", ZURICH, "2026-10-25T23:00Z"],
    // Midnight does not exist: the day begins with the jump to 01:00.
    ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00Z"],
    // Midnight comes twice: the first one.
    ["2021-11-07", "America/Havana", "2021-11-07T04:00Z"],
    // The day was skipped.
    ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00Z"],
    ["2026-11-29", "+05:30", "2026-11-28T18:30Z"],
  ])("%s in %s at %s", (day, zone, expected) => {
    expect(new Date(startOfDay(day, zone)).toISOString()).toBe(new Date(at(expected)).toISOString());
  });

  test("a time that the clock jumps over is moved behind the jump", () => {
    expect(instantOf(at("2026-03-29T02:30Z"), ZURICH)).toBe(at("2026-03-29T01:30Z"));
  });

  test("a month later is the last day of a shorter month", () => {
    expect(addMonths("2024-01-31", 1)).toBe("2024-02-29");
    expect(addMonths("2024-03-31", -13)).toBe("2023-02-28");
  });
});

describe("periods", () => {
  const now = at("2026-10-25T12:34Z");

  test.each<[Period, string, string]>([
    [{ name: "day" }, "2026-10-24T22:00", "2026-10-25T12:34"],
    [{ name: "day", date: "2026-03-29" }, "2026-03-28T23:00", "2026-03-29T22:00"],
    [{ name: "7d" }, "2026-10-18T22:00", "2026-10-25T12:34"],
    [{ name: "last_month" }, "2026-08-31T22:00", "2026-09-30T22:00"],
    [{ name: "12mo" }, "2025-10-25T22:00", "2026-10-25T12:34"],
    [{ name: "realtime" }, "2026-10-25T12:04", "2026-10-25T12:34"],
  ])("%o", (period, start, end) => {
    expect(iso(intervalOf(period, now, ZURICH) as Interval)).toEqual([start, end]);
  });

  test("what is counted up to midnight is of the day that ends then", () => {
    const midnight = startOfDay("2026-10-26", ZURICH);
    expect(iso(intervalOf({ name: "day" }, midnight, ZURICH) as Interval)).toEqual(["2026-10-24T22:00", "2026-10-25T23:00"]);
  });

  test("arrows go by calendar and stop at now", () => {
    expect(neighbour({ name: "month" }, -1, now, ZURICH)).toEqual({ name: "month", date: "2026-09-01" });
    expect(neighbour({ name: "month", date: "2026-09-01" }, 1, now, ZURICH)).toEqual({ name: "month" });
    expect(neighbour({ name: "day" }, 1, now, ZURICH)).toBeNull();
    expect(neighbour({ name: "7d" }, -1, now, ZURICH)).toEqual({ name: "custom", from: "2026-10-12", to: "2026-10-18" });
    expect(neighbour({ name: "all" }, -1, now, ZURICH)).toBeNull();
  });

  test("an interval is named in the simplest way", () => {
    const day = { start: startOfDay("2026-10-25", ZURICH), end: now };
    expect(periodOf(day, now, ZURICH)).toEqual({ name: "day" });
    expect(periodOf({ ...day, end: day.start + HOUR }, now, ZURICH)).toMatchObject({ name: "exact" });
    const whole = { start: startOfDay("2026-02-01", ZURICH), end: startOfDay("2026-03-01", ZURICH) };
    expect(periodOf(whole, now, ZURICH)).toEqual({ name: "month", date: "2026-02-01" });
  });
});

describe("comparison", () => {
  const now = at("2026-03-30T10:00Z");
  const previous: Comparison = { name: "previous", matchWeekday: false };

  test.each<[string, Period, Comparison, string, string]>([
    ["as much of a day as has gone by, by its clock", { name: "day" }, previous, "2026-03-28T23:00", "2026-03-29T10:00"],
    ["the month before, not thirty days", { name: "month" }, previous, "2026-01-31T23:00", "2026-02-28T11:00"],
    ["a whole month with a whole month", { name: "last_month" }, previous, "2025-12-31T23:00", "2026-01-31T23:00"],
    ["seven days", { name: "7d" }, previous, "2026-03-16T23:00", "2026-03-23T11:00"],
    ["a year before", { name: "7d" }, { name: "year", matchWeekday: false }, "2025-03-23T23:00", "2025-03-30T10:00"],
    ["its weekdays", { name: "7d" }, { name: "year", matchWeekday: true }, "2025-03-24T23:00", "2025-03-31T10:00"],
    ["whole weeks", { name: "month" }, { name: "previous", matchWeekday: true }, "2026-01-31T23:00", "2026-03-02T11:00"],
  ])("%s", (_, period, comparison, start, end) => {
    const interval = intervalOf(period, now, ZURICH) as Interval;
    const found = comparisonInterval(comparison, period, interval, ZURICH);
    expect(found && iso(found)).toEqual([start, end]);
  });
});

describe("buckets", () => {
  test("what suits an interval is offered", () => {
    const day = { start: 0, end: 24 * HOUR };
    expect(bucketChoices(day)).toEqual(["minute", "ten_minutes", "hour"]);
    expect(defaultBucket(day)).toBe("hour");
    expect(bucketChoices({ start: 0, end: 365 * 24 * HOUR })).toEqual(["day", "week", "month"]);
    expect(bucketChoices({ start: 0, end: 1000 })).toEqual(["minute"]);
  });

  test("the last day of a change of clocks has its own length", () => {
    const start = startOfDay("2026-10-25", ZURICH);
    expect(bucketEnd(start, undefined, "day", ZURICH) - start).toBe(25 * HOUR);
  });

  test("an hour that comes twice has two names", () => {
    const first = at("2026-10-25T00:00Z");
    const label = (start: number) => bucketLabel(start, start + HOUR, "hour", ZURICH, "en-GB");
    expect(label(first)).toContain("02:00 GMT+2");
    expect(label(first + HOUR)).toContain("02:00 GMT+1");
  });
});

test.each<string>([
  "",
  "period=day&date=2026-03-29&bucket=hour&tz=Asia%2FKolkata",
  "period=exact&from=2026-11-29T10%3A00Z&to=2026-11-29T11%3A30Z&compare=year&match=weekday",
  "period=custom&from=2026-01-01&to=2026-01-31&compare=custom&compare_from=2025-01-01&compare_to=2025-01-31",
])("an address is read as it was written: %s", (text) => {
  expect(new URLSearchParams(writeTiming(readTiming(new URLSearchParams(text)))).toString()).toBe(text);
});

test("what an address says wrongly is the default", () => {
  const text = "period=custom&from=2026-02-30&to=2026-01-01&bucket=century&tz=Mars/Olympus&compare=custom";
  expect(writeTiming(readTiming(new URLSearchParams(text)))).toEqual({});
});
