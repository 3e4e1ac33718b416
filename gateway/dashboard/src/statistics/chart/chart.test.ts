import { expect, test } from "vitest";
import { bordersOf, shadeOf } from "../map/steps";
import { sparklinePaths } from "../sparkline";
import { changeOf, isIncomplete, spanOf } from "./points";
import type { Chart } from "./props";
import { linesOf, scaleOf } from "./scale";
import { ticksOf } from "./ticks";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ZURICH = { timeZone: "Europe/Zurich", locale: "en-GB" };
const widthOf = (label: string) => label.length * 7;
const every = (first: string, length: number, count: number) =>
  Array.from({ length: count }, (_, index) => Date.parse(first) + index * length);
const labels = (...of: Parameters<typeof ticksOf>) => ticksOf(...of).map(({ label }) => label);

test("hours are named by the clock of the zone, also when it is set back", () => {
  const starts = every("2026-10-24T22:00Z", HOUR, 25);
  const ticks = ticksOf({ ...ZURICH, starts, bucket: "hour" }, 14, widthOf);
  expect(ticks.slice(0, 4)).toEqual([
    { index: 0, label: "25 Oct" },
    // 02:00 comes twice, so that 06:00 is one further.
    { index: 7, label: "6:00" },
    { index: 13, label: "12:00" },
    { index: 19, label: "18:00" },
  ]);
});

test("days are named as finely as there is room, coarser ones by weeks and months", () => {
  const month = { ...ZURICH, starts: every("2026-10-31T23:00Z", DAY, 30), bucket: "day" as const };
  expect(labels(month, 60, widthOf)).toHaveLength(30);
  expect(labels(month, 10, widthOf)).toEqual(["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"]);
  const year = { timeZone: "UTC", locale: "en", starts: every("2025-11-20T00:00Z", DAY, 365), bucket: "day" as const };
  expect(labels(year, 1.5, widthOf).slice(0, 4)).toEqual(["Dec", "2026", "Feb", "Mar"]);
});

test("a single bucket has a name", () => {
  expect(labels({ ...ZURICH, starts: [Date.parse("2026-10-31T23:00Z")], bucket: "month" }, 500, widthOf)).toEqual(["Nov"]);
});

test.each([
  [0, [0, 1]],
  [3, [0, 1, 2, 3]],
  [9, [0, 5, 10]],
  [90, [0, 25, 50, 75, 100]],
  [1892, [0, 500, 1000, 1500, 2000]],
])("the side of a chart up to %i has whole, round numbers", (greatest, lines) => {
  expect(linesOf(scaleOf(greatest))).toEqual(lines);
});

test("a bucket that the interval cuts, or that is not over, is incomplete", () => {
  const starts = every("2026-11-27T23:00Z", DAY, 2);
  const now = Date.parse("2026-11-29T10:00Z");
  const chart: Chart = {
    ...ZURICH,
    starts,
    series: [],
    bucket: "day",
    interval: { start: Date.parse("2026-11-28T08:00Z"), end: now },
    now,
  };
  expect([0, 1].map((index) => isIncomplete(chart, index))).toEqual([true, true]);
  expect(spanOf(chart, 0, 1)).toEqual(chart.interval);
  expect(isIncomplete({ ...chart, interval: { start: 0, end: now + DAY }, now: now + DAY }, 1)).toBe(false);
});

test("there is no change from nothing", () => {
  expect(changeOf(12, 10)).toBeCloseTo(0.2);
  expect([changeOf(12, 0), changeOf(null, 10), changeOf(12, undefined)]).toEqual([null, null, null]);
});

test("shades of a map go by factors, and small numbers have few", () => {
  const borders = bordersOf(12_311);
  expect(borders).toEqual([8, 50, 300, 2000]);
  expect([0, 1, 49, 50, 12_311].map((value) => shadeOf(value, borders))).toEqual([0, 1, 2, 3, 5]);
  expect([bordersOf(0), bordersOf(1), bordersOf(3)]).toEqual([[], [], [2, 3]]);
});

test("a sparkline of zeros lies at its foot, and of one number is level", () => {
  expect(sparklinePaths([0, 0]).line).toBe("M0,22.5L100,22.5");
  expect(sparklinePaths([7]).line).toBe("M0,1.5L100,1.5");
  expect(sparklinePaths([]).line).toBe("");
});
