// What the screen asks of the services. Numbers are never asked for click by click.
import { type UseQueryResult, keepPreviousData, useQuery } from "@tanstack/react-query";
import { links, stats } from "@/api/clients";
import { problemOf } from "@/api/errors";
import { LinkView } from "@proto/linkmeter/links/v1/link_service_pb";
import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { type Page, type Values, type Visitors, firstClickOf, pageOf, valuesOf, visitorsOf } from "./answer";
import {
  type Question,
  isSoonAfter,
  type ValuesWanted,
  firstClickRequest,
  pageRequest,
  valuesRequest,
  visitorsRequest,
} from "./question";
import type { DimensionName } from "./state";

const MOST_RETRIES = 4;
const LONGEST_WAIT_MS = 8000;
// A question takes no more links than these.
const MOST_IDS = 10_000;
const PAGE = 1000;

// When the services have too much to do they say when to ask again, and so it is done, a few times.
const patiently = {
  retry: (failures: number, error: Error) => {
    const { kind, retryAfterSeconds } = problemOf(error);
    const isPassing = kind === "unavailable" || kind === "offline" || (kind === "limited" && !!retryAfterSeconds);
    return isPassing && failures < MOST_RETRIES;
  },
  retryDelay: (failures: number, error: Error) => {
    const asked = (problemOf(error).retryAfterSeconds ?? 0) * 1000;
    return Math.min(Math.max(asked, 300 * 2 ** failures), LONGEST_WAIT_MS);
  },
};

export function usePage(
  question: Question | undefined,
  dimensions: readonly DimensionName[],
): UseQueryResult<Page> {
  return useQuery({
    queryKey: ["statistics", "page", question, dimensions],
    queryFn: async ({ signal }) => {
      const asked = question as Question;
      return pageOf(await stats.queryStats(pageRequest(asked, dimensions), { signal }), dimensions);
    },
    enabled: question !== undefined,
    ...patiently,
  });
}

// isWanted: after the page itself, so that both do not wait for each other.
export function useVisitors(question: Question | undefined, isWanted: boolean): UseQueryResult<Visitors> {
  return useQuery({
    queryKey: ["statistics", "visitors", question],
    queryFn: async ({ signal }) =>
      visitorsOf(await stats.queryStats(visitorsRequest(question as Question), { signal })),
    enabled: question !== undefined && isWanted,
    // Visitors of another question beside its clicks would be wrong; those of a minute ago are not.
    placeholderData: (former, query) =>
      question && isSoonAfter(query?.queryKey[2] as Question | undefined, question) ? former : undefined,
    ...patiently,
  });
}

export function useFirstClick(question: Question, isWanted: boolean): UseQueryResult<number | null> {
  const { filters, timeZone } = question;
  return useQuery({
    queryKey: ["statistics", "first", filters, timeZone],
    queryFn: async ({ signal }) => firstClickOf(await stats.queryStats(firstClickRequest(question), { signal })),
    enabled: isWanted,
    staleTime: 5 * 60_000,
    ...patiently,
  });
}

export function useValues(question: Question, wanted: ValuesWanted, isWanted = true): UseQueryResult<Values> {
  return useQuery({
    queryKey: ["statistics", "values", question, wanted],
    queryFn: ({ signal }) => readValues(question, wanted, signal),
    enabled: isWanted,
    ...patiently,
  });
}

export async function readValues(question: Question, wanted: ValuesWanted, signal?: AbortSignal): Promise<Values> {
  return valuesOf(await stats.queryStats(valuesRequest(question, wanted), { signal }), wanted.sort);
}

// What links are, by id; those that are gone are absent.
export function useLinks(ids: readonly string[]): ReadonlyMap<string, Link> {
  const { data } = useQuery({
    queryKey: ["statistics", "links", ids],
    queryFn: ({ signal }) => readLinks(ids, signal),
    enabled: ids.length > 0,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  return data ?? NO_LINKS;
}

const NO_LINKS: ReadonlyMap<string, Link> = new Map();

export async function readLinks(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, Link>> {
  const found = new Map<string, Link>();
  for (let left = ids.map(BigInt); left.length; ) {
    const answer = await links.batchGetLinks({ linkIds: left.slice(0, PAGE) }, { signal });
    for (const link of answer.links) {
      found.set(String(link.linkId), link);
    }
    left = [...answer.remainingLinkIds, ...left.slice(PAGE)];
  }
  return found;
}

// Links that somebody searches for by code, title or destination, as ids.
export function useFoundLinks(search: string): UseQueryResult<string[]> {
  return useQuery({
    queryKey: ["statistics", "found", search],
    queryFn: async ({ signal }) => (await readIds({ query: search }, signal)).ids,
    enabled: search !== "",
  });
}

// The links of a tag: clicks know nothing of tags.
export function useTagged(tag: string): UseQueryResult<Ids> {
  return useQuery({
    queryKey: ["statistics", "tagged", tag],
    queryFn: ({ signal }) => readIds({ tag }, signal),
    enabled: tag !== "",
    staleTime: 60_000,
    placeholderData: undefined,
  });
}

export interface Ids {
  ids: string[];
  // True when there are more than a question takes.
  isCut: boolean;
}

// The ids of links, put away or not.
async function readIds(wanted: { query?: string; tag?: string }, signal: AbortSignal): Promise<Ids> {
  const answers = await Promise.all(
    [false, true].map((archived) =>
      links.listLinks({ ...wanted, archived, pageSize: MOST_IDS, view: LinkView.IDS }, { signal }),
    ),
  );
  const ids = answers.flatMap((answer) => answer.links.map((link) => String(link.linkId)));
  return {
    ids: ids.slice(0, MOST_IDS),
    isCut: ids.length > MOST_IDS || answers.some((answer) => answer.nextPageToken !== ""),
  };
}
