// What a reader types about a link, and what becomes of it in the contract.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Timestamp, timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { UpdateLinkRequestSchema } from "@proto/linkmeter/links/v1/link_service_pb";
import { ForwardQuery, type Link, type LinkSchema } from "@proto/linkmeter/links/v1/links_pb";

export const REDIRECT_STATUSES = [302, 301, 307, 308] as const;
export const FORWARDS = ["none", "missing", "all"] as const;
export type ForwardName = (typeof FORWARDS)[number];

// All as fields of a form hold it. Times are of the reader's own zone.
export interface Values {
  destination: string;
  domain: string;
  code: string;
  title: string;
  tags: readonly string[];
  note: string;
  redirectStatus: number;
  validFrom: string;
  expire: string;
  // Empty: without limit.
  maxClicks: string;
  // Empty: none, or as it is.
  password: string;
  removesPassword: boolean;
  archived: boolean;
  privateStats: boolean;
  blockBots: boolean;
  expiredDestination: string;
  // Empty: as the installation's setting says.
  indexable: "" | "yes" | "no";
  forward: ForwardName;
}

export type LinkDraft = MessageInitShape<typeof LinkSchema>;
export type LinkUpdate = MessageInitShape<typeof UpdateLinkRequestSchema>;

export const EMPTY: Values = {
  destination: "",
  domain: "",
  code: "",
  title: "",
  tags: [],
  note: "",
  redirectStatus: 302,
  validFrom: "",
  expire: "",
  maxClicks: "",
  password: "",
  removesPassword: false,
  archived: false,
  privateStats: true,
  blockBots: false,
  expiredDestination: "",
  indexable: "",
  forward: "none",
};

// The contract's field of each value that an update can change.
const PATHS: Partial<Record<keyof Values, string>> = {
  destination: "destination",
  title: "title",
  tags: "tags",
  note: "note",
  redirectStatus: "redirect_status",
  validFrom: "valid_from_time",
  expire: "expire_time",
  maxClicks: "max_clicks",
  password: "password",
  removesPassword: "password",
  archived: "archived",
  privateStats: "private_stats",
  blockBots: "block_bots",
  expiredDestination: "expired_destination",
  indexable: "indexable",
  forward: "forward_query",
};
const FORWARD_VALUES: Record<ForwardName, ForwardQuery> = {
  none: ForwardQuery.NONE,
  missing: ForwardQuery.MISSING,
  all: ForwardQuery.ALL,
};

export function valuesOf(link: Link): Values {
  return {
    destination: link.destination,
    domain: link.domain,
    code: link.code,
    title: link.title,
    tags: link.tags,
    note: link.note,
    redirectStatus: link.redirectStatus,
    validFrom: localTime(link.validFromTime),
    expire: localTime(link.expireTime),
    maxClicks: link.maxClicks ? String(link.maxClicks) : "",
    password: "",
    removesPassword: false,
    archived: link.archived,
    privateStats: link.privateStats ?? true,
    blockBots: link.blockBots,
    expiredDestination: link.expiredDestination,
    indexable: link.indexable === undefined ? "" : link.indexable ? "yes" : "no",
    forward: FORWARDS.find((name) => FORWARD_VALUES[name] === link.forwardQuery) ?? "none",
  };
}

export function draftOf(values: Values): LinkDraft {
  return { ...fieldsOf(values), domain: values.domain, code: values.code.trim() };
}

// The update that makes of a link what was typed, and of nothing else; undefined when nothing differs.
export function updateOf(before: Values, after: Values, linkId: bigint, etag: string): LinkUpdate | undefined {
  const paths = changedNames(before, after).flatMap((name) => PATHS[name] ?? []);
  if (!paths.length) {
    return undefined;
  }
  return { link: { ...fieldsOf(after), linkId, etag }, updateMask: { paths: [...new Set(paths)] } };
}

// What differs between two versions of a link.
export function changedNames(before: Values, after: Values): (keyof Values)[] {
  const names = Object.keys(PATHS) as (keyof Values)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

// The value that a field of the contract, as an error names it, is typed into.
export function nameOfField(field: string): keyof Values | undefined {
  const path = field.replace(/^link\./, "");
  if (path === "code" || path === "domain") {
    return path;
  }
  const names = Object.keys(PATHS) as (keyof Values)[];
  return names.find((name) => PATHS[name] === path);
}

function fieldsOf(values: Values): LinkDraft {
  return {
    destination: values.destination.trim(),
    title: values.title.trim(),
    tags: [...values.tags],
    note: values.note,
    redirectStatus: values.redirectStatus,
    validFromTime: timestampOf(values.validFrom),
    expireTime: timestampOf(values.expire),
    maxClicks: /^\d{1,18}$/.test(values.maxClicks) ? BigInt(values.maxClicks) : 0n,
    password: values.removesPassword ? "" : values.password,
    archived: values.archived,
    privateStats: values.privateStats,
    blockBots: values.blockBots,
    expiredDestination: values.expiredDestination.trim(),
    indexable: values.indexable === "" ? undefined : values.indexable === "yes",
    forwardQuery: FORWARD_VALUES[values.forward],
  };
}

// As a field of date and time has it, to the second: 2026-03-01T12:00:00.
function localTime(time: Timestamp | undefined): string {
  if (!time) {
    return "";
  }
  const date = timestampDate(time);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

function timestampOf(text: string): Timestamp | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : timestampFromDate(date);
}
