// Which links are listed, and in which order: all of it in the address, so that reload, back and sharing show the same.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type ListLinksRequestSchema, LinkOrder } from "@proto/linkmeter/links/v1/link_service_pb";
import { LinkState } from "@proto/linkmeter/links/v1/links_pb";

export const STATES = ["active", "disabled", "scheduled", "expired", "exhausted"] as const;
export type StateName = (typeof STATES)[number];
export const ORDERS = ["created", "clicks", "last_click", "code"] as const;
export type OrderName = (typeof ORDERS)[number];

// Empty texts filter nothing.
export interface Listed {
  search: string;
  tag: string;
  domain: string;
  state: StateName | "";
  archived: boolean;
  order: OrderName;
  // Whether the order is turned round.
  reversed: boolean;
  // Where the page begins; empty: at the first link.
  page: string;
}

export type FilterName = "search" | "tag" | "domain" | "state" | "archived";

const PAGE_SIZE = 50;
const STATE_VALUES: Record<StateName, LinkState> = {
  active: LinkState.ACTIVE,
  disabled: LinkState.DISABLED,
  scheduled: LinkState.SCHEDULED,
  expired: LinkState.EXPIRED,
  exhausted: LinkState.EXHAUSTED,
};
const ORDER_VALUES: Record<OrderName, LinkOrder> = {
  created: LinkOrder.CREATE_TIME,
  clicks: LinkOrder.CLICKS,
  last_click: LinkOrder.LAST_CLICK,
  code: LinkOrder.CODE,
};
// Longer texts are refused by the service, and nobody types them.
const MOST_SEARCHED = 128;

// What an address says. What of it makes no sense is passed over.
export function listedOf(params: URLSearchParams): Listed {
  return {
    search: (params.get("q") ?? "").slice(0, MOST_SEARCHED),
    tag: params.get("tag") ?? "",
    domain: params.get("domain") ?? "",
    state: STATES.find((name) => name === params.get("state")) ?? "",
    archived: params.get("archived") === "yes",
    order: ORDERS.find((name) => name === params.get("order")) ?? "created",
    reversed: params.get("reversed") === "yes",
    page: params.get("page") ?? "",
  };
}

// The query of an address that listedOf reads the same from; what is usual is left out.
export function queryOf(listed: Listed): URLSearchParams {
  const params = new URLSearchParams();
  const values = {
    q: listed.search,
    tag: listed.tag,
    domain: listed.domain,
    state: listed.state,
    archived: listed.archived ? "yes" : "",
    order: listed.order === "created" ? "" : listed.order,
    reversed: listed.reversed ? "yes" : "",
    page: listed.page,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value) {
      params.set(name, value);
    }
  }
  return params;
}

// The same list with something else about it, from its first page on.
export function changed(listed: Listed, change: Partial<Listed>): Listed {
  return { ...listed, page: "", ...change };
}

export function isFiltered(listed: Listed): boolean {
  return Boolean(listed.search || listed.tag || listed.domain || listed.state || listed.archived);
}

export function withoutFilters(listed: Listed): Listed {
  return changed(listed, { search: "", tag: "", domain: "", state: "", archived: false });
}

export function requestOf(listed: Listed): MessageInitShape<typeof ListLinksRequestSchema> {
  return {
    ...filtersOf(listed),
    orderBy: ORDER_VALUES[listed.order],
    oldestFirst: listed.reversed,
    pageSize: PAGE_SIZE,
    pageToken: listed.page,
  };
}

export function countRequestOf(listed: Listed): MessageInitShape<typeof ListLinksRequestSchema> {
  return { ...filtersOf(listed), pageSize: 1, withTotalSize: true };
}

function filtersOf({ search, tag, domain, state, archived }: Listed): MessageInitShape<typeof ListLinksRequestSchema> {
  return {
    query: search.trim(),
    tag,
    domain,
    state: state ? STATE_VALUES[state] : LinkState.UNSPECIFIED,
    archived,
  };
}
