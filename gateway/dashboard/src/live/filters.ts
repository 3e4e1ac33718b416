import { type MessageInitShape } from "@bufbuild/protobuf";
import { Dimension, type FilterSchema } from "@proto/linkmeter/analytics/v1/stats_service_pb";
import type { LiveClick } from "./click";

// What can be filtered by: its name in the address is that of the field of a click.
const DIMENSIONS = {
  link: Dimension.LINK,
  code: Dimension.CODE,
  domain: Dimension.DOMAIN,
  country: Dimension.COUNTRY,
  city: Dimension.CITY,
  referrer: Dimension.REFERRER_HOST,
  browser: Dimension.BROWSER_FAMILY,
  os: Dimension.OS,
  device: Dimension.DEVICE_TYPE,
  language: Dimension.LANGUAGE,
  campaign: Dimension.UTM_CAMPAIGN,
  class: Dimension.CLICK_CLASS,
} as const;

export type FilterName = keyof typeof DIMENSIONS;
export const FILTER_NAMES = Object.keys(DIMENSIONS) as FilterName[];

// Conditions that a click has to meet, all of them; each is a name and the exact value. Empty text is "none".
export type Filters = readonly (readonly [FilterName, string])[];

export function isFilterName(name: string): name is FilterName {
  return Object.hasOwn(DIMENSIONS, name);
}

export function filtersOf(query: URLSearchParams): Filters {
  const chosen = new Map<FilterName, string>();
  for (const [name, value] of query) {
    // A link is a number; whatever else somebody writes there finds nothing, rather than an error of the service.
    if (isFilterName(name) && (name !== "link" || /^\d{1,18}$/.test(value))) {
      chosen.set(name, value);
    }
  }
  return [...chosen].sort(([a], [b]) => FILTER_NAMES.indexOf(a) - FILTER_NAMES.indexOf(b));
}

export function queryOf(filters: Filters): URLSearchParams {
  return new URLSearchParams(filters.map(([name, value]) => [name, value]));
}

export function withFilter(filters: Filters, name: FilterName, value: string): Filters {
  return filtersOf(queryOf([...filters, [name, value]]));
}

export function withoutFilter(filters: Filters, name: FilterName): Filters {
  return filters.filter(([other]) => other !== name);
}

export function passes(click: LiveClick, filters: Filters): boolean {
  return filters.every(([name, value]) => click[name] === value);
}

// The same conditions, as the service takes them.
export function conditionsOf(filters: Filters): MessageInitShape<typeof FilterSchema>[] {
  return filters.map(([name, value]) => ({ dimension: DIMENSIONS[name], values: [value] }));
}
