// What the reader of statistics has chosen, and how an address keeps it: reload, back and sharing show the same.
import type { Comparison } from "./period/props";
import { type Timing, readTiming, writeTiming } from "./period/query";

// What clicks are filtered and listed by; tag is of their links, and no dimension of clicks.
export const DIMENSIONS = [
  "link",
  "code",
  "domain",
  "country",
  "region",
  "city",
  "continent",
  "referrer_host",
  "referrer",
  "social_network",
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "utm_term",
  "utm_content",
  "browser_family",
  "browser",
  "browser_version",
  "os",
  "device_type",
  "language",
  "click_class",
  "variant",
] as const;
export type DimensionName = (typeof DIMENSIONS)[number];

export const OPERATORS = ["is", "is_not", "begins", "not_begins", "contains", "not_contains"] as const;
export type Operator = (typeof OPERATORS)[number];

export interface StatsFilter {
  dimension: DimensionName;
  operator: Operator;
  // At least one; the empty text is "none" or "unknown". Of links the ids.
  values: readonly string[];
}

const PROGRAMS = ["bot", "preview", "monitor", "prefetch", "mail_scanner"] as const;
export const AUDIENCES = ["all", "people", "programs", ...PROGRAMS] as const;
// Whose clicks count: everybody's, people's, those of all programs, or of one class of programs.
export type Audience = (typeof AUDIENCES)[number];

export const METRICS = ["clicks", "people", "visitors"] as const;
// What the chart shows.
export type MetricName = (typeof METRICS)[number];

export const PANELS = {
  links: ["link", "domain", "variant"],
  sources: [
    "referrer_host",
    "referrer",
    "social_network",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
  ],
  places: ["map", "country", "region", "city", "language"],
  devices: ["browser_family", "os", "device_type", "click_class"],
} as const;
export type PanelName = keyof typeof PANELS;
export type TabName = (typeof PANELS)[PanelName][number];
export type Tabs = { [P in PanelName]: (typeof PANELS)[P][number] };

// The dialog with all values of a dimension.
export interface AllValues {
  dimension: DimensionName;
  search: string;
  // From 1.
  page: number;
  sort: "clicks" | "people";
}

export interface StatsState extends Timing {
  metric: MetricName;
  audience: Audience;
  filters: readonly StatsFilter[];
  // Only clicks on links of this tag; empty: on any.
  tag: string;
  tabs: Tabs;
  all: AllValues | null;
}

const DEFAULT_COMPARISON: Comparison = { name: "previous", matchWeekday: false };
const DEFAULT_TABS: Tabs = { links: "link", sources: "referrer_host", places: "map", devices: "browser_family" };
const MOST_FILTERS = 30;

// What an address says. What of it makes no sense is passed over.
export function stateOf(query: string): StatsState {
  const params = new URLSearchParams(query);
  const timing = readTiming(params);
  return {
    ...timing,
    comparison: params.has("compare") ? timing.comparison : DEFAULT_COMPARISON,
    metric: oneOf(METRICS, params.get("metric")) ?? "clicks",
    audience: oneOf(AUDIENCES, params.get("who")) ?? "all",
    filters: params.getAll("f").slice(0, MOST_FILTERS).flatMap(filterOf),
    tag: params.get("tag") ?? "",
    tabs: {
      links: oneOf(PANELS.links, params.get("links")) ?? DEFAULT_TABS.links,
      sources: oneOf(PANELS.sources, params.get("sources")) ?? DEFAULT_TABS.sources,
      places: oneOf(PANELS.places, params.get("places")) ?? DEFAULT_TABS.places,
      devices: oneOf(PANELS.devices, params.get("devices")) ?? DEFAULT_TABS.devices,
    },
    all: allValuesOf(params),
  };
}

// The query of an address that stateOf reads the same from; what is the default anyway is left out.
export function queryOf(state: StatsState): string {
  const params = new URLSearchParams(writeTiming(state));
  writeComparison(params, state.comparison);
  setUnless(params, "metric", state.metric, "clicks");
  setUnless(params, "who", state.audience, "all");
  setUnless(params, "tag", state.tag, "");
  for (const filter of state.filters) {
    params.append("f", filterText(filter));
  }
  for (const panel of panelNames()) {
    setUnless(params, panel, state.tabs[panel], DEFAULT_TABS[panel]);
  }
  if (state.all) {
    params.set("all", state.all.dimension);
    setUnless(params, "q", state.all.search, "");
    setUnless(params, "page", String(state.all.page), "1");
    setUnless(params, "by", state.all.sort, "clicks");
  }
  return params.toString();
}

// The state after a click on a row: this value alone, in place of what was said of its dimension in the same way.
export function withValue(state: StatsState, dimension: DimensionName, value: string): StatsState {
  const others = state.filters.filter((filter) => filter.dimension !== dimension || filter.operator !== "is");
  return { ...state, filters: [...others, { dimension, operator: "is", values: [value] }], all: null };
}

// The state with a filter in a place: a new one at the end, or none where filter is undefined.
export function withFilter(state: StatsState, place: number, filter: StatsFilter | undefined): StatsState {
  const filters = [...state.filters];
  filters.splice(place, 1, ...(filter ? [filter] : []));
  return { ...state, filters };
}

// Whether the reader narrowed anything down but time.
export function isFiltered(state: StatsState): boolean {
  return state.filters.length > 0 || state.audience !== "all" || state.tag !== "";
}

export function withoutFilters(state: StatsState): StatsState {
  return { ...state, filters: [], audience: "all", tag: "" };
}

export function panelNames(): PanelName[] {
  return Object.keys(PANELS) as PanelName[];
}

function writeComparison(params: URLSearchParams, comparison: Comparison): void {
  if (comparison.name === "off") {
    params.set("compare", "off");
  } else if (comparison.name === "previous" && !comparison.matchWeekday) {
    params.delete("compare");
  }
}

function allValuesOf(params: URLSearchParams): AllValues | null {
  const dimension = oneOf(DIMENSIONS, params.get("all"));
  if (!dimension) {
    return null;
  }
  const page = Number(params.get("page") ?? 1);
  return {
    dimension,
    search: params.get("q") ?? "",
    page: Number.isInteger(page) && page > 0 ? page : 1,
    sort: params.get("by") === "people" ? "people" : "clicks",
  };
}

// "country,is,DE,FR"; a comma or a backslash in a value has a backslash before it.
export function filterText({ dimension, operator, values }: StatsFilter): string {
  return [dimension, operator, ...values.map((value) => value.replace(/[\\,]/g, "\\$&"))].join(",");
}

function filterOf(text: string): StatsFilter[] {
  const parts = [...text.matchAll(/(?:^|,)((?:\\[\s\S]|[^\\,])*)/g)].map((match) => match[1] ?? "");
  const [name = "", condition = "", ...escaped] = parts;
  const dimension = oneOf(DIMENSIONS, name);
  const operator = oneOf(OPERATORS, condition);
  const values = escaped.map((value) => value.replace(/\\([\s\S])/g, "$1"));
  if (!dimension || !operator || !values.length || (dimension === "link" && !values.every(isLinkId))) {
    return [];
  }
  return [{ dimension, operator, values }];
}

export function isLinkId(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text) && BigInt(text) < 2n ** 63n;
}

function oneOf<T extends string>(known: readonly T[], text: string | null): T | undefined {
  return known.find((each) => each === text);
}

function setUnless(params: URLSearchParams, name: string, value: string, usual: string): void {
  if (value !== usual) {
    params.set(name, value);
  }
}
