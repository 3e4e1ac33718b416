// The clicks of the links on a page: all of them, and day by day for a small picture. One question for the whole page.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  Bucket,
  Dimension,
  Metric,
  type QueryStatsRequestSchema,
  type QueryStatsResponse,
} from "@proto/linkmeter/analytics/v1/stats_service_pb";

export const DAYS = 30;
const MOST_ROWS = 10_000;
const BEGINNING = new Date(0);
// Clocks differ a little; a click of just now still counts.
const LEEWAY_MS = 3_600_000;

export interface LinkNumbers {
  clicks: number;
  // Undefined: never followed, or too long ago to be known.
  lastClick: Date | undefined;
  // Clicks of each of the last 30 days, oldest first.
  days: readonly number[];
}

// By link id as text.
export type Numbers = ReadonlyMap<string, LinkNumbers>;

export const NO_CLICKS: LinkNumbers = { clicks: 0, lastClick: undefined, days: Array<number>(DAYS).fill(0) };

export function numbersRequest(ids: readonly bigint[], now: Date): MessageInitShape<typeof QueryStatsRequestSchema> {
  const end = timestampFromDate(new Date(now.getTime() + LEEWAY_MS));
  return {
    filters: [{ dimension: Dimension.LINK, values: ids.map(String) }],
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    interval: { startTime: timestampFromDate(startOfDay(now, 1 - DAYS)), endTime: end },
    reports: [
      {
        dimensions: [Dimension.LINK],
        bucket: Bucket.DAY,
        metrics: [Metric.CLICKS],
        limit: MOST_ROWS,
        withoutComparison: true,
      },
      { dimensions: [Dimension.LINK], metrics: [Metric.CLICKS, Metric.LAST_CLICK_TIME], limit: MOST_ROWS },
    ],
    // What is compared with is all of time: the same report says how many clicks there are at all.
    comparisonInterval: { startTime: timestampFromDate(BEGINNING), endTime: end },
  };
}

export function numbersOf(answer: QueryStatsResponse, now: Date): Numbers {
  const places = new Map(Array.from({ length: DAYS }, (_, day) => [dayOf(startOfDay(now, day + 1 - DAYS)), day]));
  const days = new Map<string, number[]>();
  for (const row of answer.results[0]?.rows ?? []) {
    const id = row.dimensions[0]?.value ?? "";
    const place = row.bucketStartTime && places.get(dayOf(timestampDate(row.bucketStartTime)));
    const counted = days.get(id) ?? Array<number>(DAYS).fill(0);
    if (place !== undefined) {
      counted[place] = Number(row.metrics[0] ?? 0n);
    }
    days.set(id, counted);
  }
  const numbers = new Map<string, LinkNumbers>();
  for (const row of answer.comparisonResults[1]?.rows ?? []) {
    const id = row.dimensions[0]?.value ?? "";
    const last = Number(row.metrics[1] ?? 0n);
    numbers.set(id, {
      clicks: Number(row.metrics[0] ?? 0n),
      lastClick: last ? new Date(last * 1000) : undefined,
      days: days.get(id) ?? NO_CLICKS.days,
    });
  }
  return numbers;
}

function startOfDay(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
}

function dayOf(time: Date): string {
  return `${time.getFullYear()}-${time.getMonth()}-${time.getDate()}`;
}
