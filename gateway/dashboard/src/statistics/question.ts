// Requests for QueryStats, made from what the reader has chosen.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { IntervalSchema } from "@proto/google/type/interval_pb";
import {
  Bucket,
  Dimension,
  type FilterSchema,
  Metric,
  type QueryStatsRequestSchema,
  type ReportSchema,
} from "@proto/linkmeter/analytics/v1/stats_service_pb";
import { suitableBucket } from "./period/buckets";
import { comparisonInterval } from "./period/comparison";
import { intervalOf } from "./period/periods";
import type { AskedInterval, BucketName, Interval } from "./period/props";
import { ownTimeZone } from "./period/zone";
import type { Audience, DimensionName, StatsFilter, StatsState } from "./state";

export type Request = MessageInitShape<typeof QueryStatsRequestSchema>;
type Report = MessageInitShape<typeof ReportSchema>;
type Filter = MessageInitShape<typeof FilterSchema>;

// Rows of a list on the screen, and all countries for the map.
export const ROWS_SHOWN = 9;
const MOST_COUNTRIES = 300;
const SOON_MS = 3 * 60_000;

const CONTRACT: Record<DimensionName, Dimension> = {
  link: Dimension.LINK,
  code: Dimension.CODE,
  domain: Dimension.DOMAIN,
  country: Dimension.COUNTRY,
  region: Dimension.REGION,
  city: Dimension.CITY,
  continent: Dimension.CONTINENT,
  referrer_host: Dimension.REFERRER_HOST,
  referrer: Dimension.REFERRER,
  social_network: Dimension.SOCIAL_NETWORK,
  utm_source: Dimension.UTM_SOURCE,
  utm_medium: Dimension.UTM_MEDIUM,
  utm_campaign: Dimension.UTM_CAMPAIGN,
  utm_term: Dimension.UTM_TERM,
  utm_content: Dimension.UTM_CONTENT,
  browser_family: Dimension.BROWSER_FAMILY,
  browser: Dimension.BROWSER,
  browser_version: Dimension.BROWSER_VERSION,
  os: Dimension.OS,
  device_type: Dimension.DEVICE_TYPE,
  language: Dimension.LANGUAGE,
  click_class: Dimension.CLICK_CLASS,
  variant: Dimension.VARIANT,
};
const BUCKETS: Record<BucketName, Bucket> = {
  minute: Bucket.MINUTE,
  ten_minutes: Bucket.TEN_MINUTES,
  hour: Bucket.HOUR,
  day: Bucket.DAY,
  week: Bucket.WEEK,
  month: Bucket.MONTH,
};
const COUNTED = [Metric.CLICKS, Metric.HUMAN_CLICKS];

// Whose clicks a screen is about, besides what the reader chooses.
export interface Scope {
  // The one link; undefined: all of the account.
  linkId: bigint | undefined;
  // The ids of the links that have the chosen tag; undefined without a tag.
  tagged: readonly string[] | undefined;
}

// What is asked: which time, in which steps, compared with what, and of which clicks.
export interface Question {
  interval: AskedInterval;
  compared: Interval | null;
  bucket: BucketName;
  timeZone: string;
  filters: readonly Filter[];
}

// The question of a state; firstClick: when the first click was, milliseconds, for a period without a start.
export function questionOf(state: StatsState, scope: Scope, now: number, firstClick: number | undefined): Question {
  const timeZone = state.timeZone ?? ownTimeZone();
  const interval = intervalOf(state.period, now, timeZone);
  const start = interval.start ?? firstClick;
  const known = start === undefined ? null : { start: Math.min(start, interval.end), end: interval.end };
  return {
    interval,
    // What comes before the first click is not worth comparing with.
    compared:
      known && (interval.start !== null || state.comparison.name === "custom")
        ? comparisonInterval(state.comparison, state.period, known, timeZone)
        : null,
    bucket: known ? suitableBucket(state.bucket, known) : "month",
    timeZone,
    filters: [...scopeFilters(scope), ...audienceFilters(state.audience), ...state.filters.map(filterMessage)],
  };
}

// The question without its conditions on one dimension: what could be chosen of it.
export function withoutDimension(question: Question, dimension: DimensionName): Question {
  return { ...question, filters: question.filters.filter((filter) => filter.dimension !== CONTRACT[dimension]) };
}

// Whether a question is a former one, asked again when some time has gone by.
export function isSoonAfter(former: Question | undefined, question: Question): boolean {
  const isNear = (one: number | null, other: number | null) => Math.abs((one ?? 0) - (other ?? 0)) <= SOON_MS;
  const rest = ({ bucket, timeZone, filters, compared }: Question) =>
    JSON.stringify([bucket, timeZone, filters, compared === null]);
  return (
    former !== undefined &&
    isNear(former.interval.start, question.interval.start) &&
    isNear(former.interval.end, question.interval.end) &&
    isNear(former.compared?.start ?? null, question.compared?.start ?? null) &&
    rest(former) === rest(question)
  );
}

// Totals, the series and the beginning of all lists, without visitors, so that numbers show at once.
export function pageRequest(question: Question, dimensions: readonly DimensionName[]): Request {
  return request(question, [
    { metrics: COUNTED },
    { metrics: COUNTED, bucket: BUCKETS[question.bucket] },
    ...dimensions.map((dimension) => breakdown(dimension, dimension === "country" ? MOST_COUNTRIES : ROWS_SHOWN)),
  ]);
}

// Visitors, which are counted from the clicks themselves: in total and over time.
export function visitorsRequest(question: Question): Request {
  return request(question, [
    { metrics: [Metric.VISITORS] },
    { metrics: [Metric.VISITORS], bucket: BUCKETS[question.bucket] },
  ]);
}

// When the first click was, of whatever the scope and the filters mean.
export function firstClickRequest(question: Question): Request {
  return request({ ...question, compared: null }, [{ metrics: [Metric.CLICKS] }]);
}

export interface ValuesWanted {
  dimension: DimensionName;
  sort: "clicks" | "people";
  skip: number;
  limit: number;
  filters?: readonly Filter[];
}

// Values of one dimension, from the one after skip on, with their total.
export function valuesRequest(question: Question, wanted: ValuesWanted): Request {
  const { dimension, sort, skip, limit, filters = [] } = wanted;
  const metrics = sort === "people" ? [Metric.HUMAN_CLICKS, Metric.CLICKS] : COUNTED;
  return request({ ...question, compared: null }, [
    { metrics: COUNTED },
    { dimensions: [CONTRACT[dimension]], metrics, skip, limit, filters: [...filters] },
  ]);
}

// A condition that finds what somebody searches for.
export function searchFilter(dimension: DimensionName, text: string): Filter {
  return { dimension: CONTRACT[dimension], values: [text], contains: true };
}

export function linksFilter(ids: readonly string[]): Filter {
  return { dimension: Dimension.LINK, values: [...ids] };
}

export function filterMessage({ dimension, operator, values }: StatsFilter): Filter {
  return {
    dimension: CONTRACT[dimension],
    values: [...values],
    negated: operator === "is_not" || operator.startsWith("not_"),
    prefix: operator.endsWith("begins"),
    contains: operator.endsWith("contains"),
  };
}

function request(question: Question, reports: Report[]): Request {
  return {
    filters: [...question.filters],
    interval: intervalMessage(question.interval),
    comparisonInterval: question.compared ? intervalMessage(question.compared) : undefined,
    timeZone: question.timeZone,
    reports,
  };
}

function breakdown(dimension: DimensionName, limit: number): Report {
  return { dimensions: [CONTRACT[dimension]], metrics: COUNTED, limit, withoutComparison: true };
}

function scopeFilters({ linkId, tagged }: Scope): Filter[] {
  return [
    ...(linkId === undefined ? [] : [linksFilter([String(linkId)])]),
    ...(tagged === undefined ? [] : [taggedFilter(tagged)]),
  ];
}

// A tag without links has no clicks; an empty list of values would be refused.
function taggedFilter(ids: readonly string[]): Filter {
  return ids.length ? linksFilter(ids) : { dimension: Dimension.METHOD, values: ["no link has this tag"] };
}

function audienceFilters(audience: Audience): Filter[] {
  switch (audience) {
    case "all":
      return [];
    case "people":
    case "programs":
      return [{ dimension: Dimension.IS_BOT, values: [String(audience === "programs")] }];
    default:
      return [{ dimension: Dimension.CLICK_CLASS, values: [audience] }];
  }
}

function intervalMessage({ start, end }: AskedInterval): MessageInitShape<typeof IntervalSchema> {
  return { startTime: start === null ? undefined : timestampFromMs(start), endTime: timestampFromMs(end) };
}
