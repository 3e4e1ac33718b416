// What QueryStats answered, as the page uses it: plain numbers, and times in milliseconds since 1970.
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Interval as IntervalMessage } from "@proto/google/type/interval_pb";
import type { QueryStatsResponse, ReportResult } from "@proto/linkmeter/analytics/v1/stats_service_pb";
import type { Interval } from "./period/props";
import type { DimensionName } from "./state";

// One value of a dimension.
export interface Row {
  // As filters take it; empty is "none" or "unknown".
  value: string;
  // Of a city or a region; else empty.
  country: string;
  // GeoNames id of a city, which tells two of one name apart; else 0.
  place: number;
  clicks: number;
  people: number;
}

export interface Counts {
  clicks: number;
  people: number;
}

// Numbers by bucket.
export interface Series {
  starts: number[];
  values: number[][];
}

interface Answer {
  // What was counted; null when there was no click and no start was given.
  interval: Interval | null;
  compared: Interval | null;
  // Raw clicks before are gone; null: none are.
  rawSince: number | null;
}

export interface Page extends Answer {
  totals: Counts;
  before: Counts | null;
  // Clicks and people.
  series: Series;
  seriesBefore: Series | null;
  lists: Partial<Record<DimensionName, Row[]>>;
}

export interface Visitors extends Answer {
  total: number;
  before: number | null;
  series: Series;
  seriesBefore: Series | null;
}

export interface Values {
  totals: Counts;
  rows: Row[];
}

// What tells a row from all others of its list.
export function keyOf({ value, country, place }: Row): string {
  return JSON.stringify([value, country, place]);
}

export function pageOf(answer: QueryStatsResponse, dimensions: readonly DimensionName[]): Page {
  const [totals, series, ...lists] = answer.results;
  const [before, seriesBefore] = answer.comparisonResults;
  return {
    ...answerOf(answer),
    totals: countsOf(totals),
    before: before ? countsOf(before) : null,
    series: seriesOf(series),
    seriesBefore: seriesBefore ? seriesOf(seriesBefore) : null,
    lists: Object.fromEntries(dimensions.map((dimension, place) => [dimension, rowsOf(lists[place], "clicks")])),
  };
}

export function visitorsOf(answer: QueryStatsResponse): Visitors {
  const [total, series] = answer.results;
  const [before, seriesBefore] = answer.comparisonResults;
  return {
    ...answerOf(answer),
    total: numbersOf(total)[0] ?? 0,
    before: before ? (numbersOf(before)[0] ?? 0) : null,
    series: seriesOf(series),
    seriesBefore: seriesBefore ? seriesOf(seriesBefore) : null,
  };
}

export function valuesOf(answer: QueryStatsResponse, first: "clicks" | "people"): Values {
  const [totals, rows] = answer.results;
  return { totals: countsOf(totals), rows: rowsOf(rows, first) };
}

// When the first click was; null without one.
export function firstClickOf(answer: QueryStatsResponse): number | null {
  return answer.interval?.startTime ? timestampMs(answer.interval.startTime) : null;
}

function answerOf(answer: QueryStatsResponse): Answer {
  return {
    interval: intervalOf(answer.interval),
    compared: intervalOf(answer.comparisonInterval),
    rawSince: momentOf(answer.rawSinceTime),
  };
}

function countsOf(result: ReportResult | undefined): Counts {
  const [clicks = 0, people = 0] = numbersOf(result);
  return { clicks, people };
}

function numbersOf(result: ReportResult | undefined): number[] {
  return result?.rows[0]?.metrics.map(Number) ?? [];
}

function seriesOf(result: ReportResult | undefined): Series {
  const rows = result?.rows ?? [];
  return {
    starts: rows.map((row) => momentOf(row.bucketStartTime) ?? 0),
    values: rows.map((row) => row.metrics.map(Number)),
  };
}

function rowsOf(result: ReportResult | undefined, first: "clicks" | "people"): Row[] {
  return (result?.rows ?? []).map(({ dimensions, metrics }) => {
    const [one = 0, other = 0] = metrics.map(Number);
    const [clicks, people] = first === "clicks" ? [one, other] : [other, one];
    const { value = "", country = "", geonameId: place = 0 } = dimensions[0] ?? {};
    return { value, country, place, clicks, people };
  });
}

function intervalOf(message: IntervalMessage | undefined): Interval | null {
  const start = momentOf(message?.startTime);
  const end = momentOf(message?.endTime);
  return start === null || end === null ? null : { start, end };
}

function momentOf(time: Timestamp | undefined): number | null {
  return time ? timestampMs(time) : null;
}
