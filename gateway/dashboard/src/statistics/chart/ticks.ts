// Which buckets of a chart have a label on its axis, and which label: borders of hours, days, months as a calendar has them.

import type { BucketName } from "../period/props";
import { dateFormat } from "../period/labels";
import { wallTime } from "../period/zone";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// A label of the axis: index is that of the bucket.
export interface Tick {
  index: number;
  label: string;
}

// A step of the axis: two buckets are in the same step when their local times have the same number.
type Step = (wall: number) => number;

const clock =
  (length: number): Step =>
  (wall) =>
    Math.floor(wall / length);
const months =
  (count: number): Step =>
  (wall) => {
    const date = new Date(wall);
    return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / count);
  };
// 5 January 1970 was a Monday.
const weeks = (count: number): Step => (wall) => Math.floor((wall - 4 * DAY) / (7 * DAY * count));

// Steps from fine to coarse with the least bucket that they suit.
const CLOCK_STEPS: readonly Step[] = [1, 5, 10, 15, 30].map((count) => clock(count * MINUTE));
const HOUR_STEPS: readonly Step[] = [1, 2, 3, 6, 12].map((count) => clock(count * HOUR));
const DAY_STEPS: readonly Step[] = [clock(DAY), clock(2 * DAY), weeks(1), weeks(2)];
const MONTH_STEPS: readonly Step[] = [1, 2, 3, 6, 12, 24, 60, 120].map(months);

const STEPS: Record<BucketName, readonly Step[]> = {
  minute: [...CLOCK_STEPS, ...HOUR_STEPS, ...DAY_STEPS, ...MONTH_STEPS],
  ten_minutes: [...CLOCK_STEPS.slice(2), ...HOUR_STEPS, ...DAY_STEPS, ...MONTH_STEPS],
  hour: [...HOUR_STEPS, ...DAY_STEPS, ...MONTH_STEPS],
  day: [...DAY_STEPS, ...MONTH_STEPS],
  week: [...DAY_STEPS.slice(2), ...MONTH_STEPS],
  month: MONTH_STEPS,
};

// Least distance between two labels, pixels.
const GAP = 14;

export interface Axis {
  starts: readonly number[];
  bucket: BucketName;
  timeZone: string;
  locale: string;
}

// The finest labels that do not touch each other.
//
// distance is that between two buckets in pixels, widthOf measures a label. Between a first label that its neighbour would
// touch and the neighbour, the neighbour is kept: it stands at a border, and the first one only where the interval begins.
export function ticksOf(axis: Axis, distance: number, widthOf: (label: string) => number): Tick[] {
  const walls = axis.starts.map((start) => wallTime(start, axis.timeZone));
  let found: Tick[] = [];
  for (const step of STEPS[axis.bucket]) {
    found = label(axis, walls, borders(walls, step));
    const [first, second] = found;
    if (first && second && found.length > 2 && !fits([first, second], distance, widthOf)) found = found.slice(1);
    if (fits(found, distance, widthOf)) return found;
  }
  return found.slice(0, 1);
}

function borders(walls: readonly number[], step: Step): number[] {
  const found: number[] = [];
  let last: number | undefined;
  walls.forEach((wall, index) => {
    const number = step(wall);
    // A clock that is set back does not begin a step again.
    if (last === undefined || number > last) {
      found.push(index);
      last = number;
    }
  });
  return found;
}

function fits(ticks: readonly Tick[], distance: number, widthOf: (label: string) => number): boolean {
  return ticks.every((tick, number) => {
    const next = ticks[number + 1];
    if (!next) return true;
    return (next.index - tick.index) * distance >= (widthOf(tick.label) + widthOf(next.label)) / 2 + GAP;
  });
}

function label({ starts, bucket, timeZone, locale }: Axis, walls: readonly number[], indices: readonly number[]): Tick[] {
  const format = (options: Intl.DateTimeFormatOptions) => dateFormat(locale, timeZone, options);
  const date = format({ day: "numeric", month: "short" });
  const time = format({ hour: "numeric", minute: "2-digit" });
  const month = format({ month: "short" });
  const year = format({ year: "numeric" });
  const years = new Set(indices.map((index) => new Date(walls[index] ?? 0).getUTCFullYear())).size > 1;
  const wholeMonths = bucket === "month" || (bucket !== "week" && allFirst(walls, indices));
  const isClock = bucket === "minute" || bucket === "ten_minutes" || bucket === "hour";
  return indices.map((index) => {
    const wall = walls[index] ?? 0;
    const start = starts[index] ?? 0;
    const at = new Date(wall);
    if (isClock && wall % DAY !== 0) return { index, label: time.format(start) };
    if (wholeMonths) return { index, label: years && at.getUTCMonth() === 0 ? year.format(start) : month.format(start) };
    return { index, label: date.format(start) };
  });
}

// Whether all borders but the first, where the interval begins, are first days of months.
function allFirst(walls: readonly number[], indices: readonly number[]): boolean {
  const rest = indices.slice(1).map((index) => walls[index] ?? 0);
  return rest.length > 0 && rest.every((wall) => wall % DAY === 0 && new Date(wall).getUTCDate() === 1);
}
