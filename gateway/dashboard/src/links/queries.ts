// What the screen of links asks of the services.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { domains, links, stats, tags } from "@/api/clients";
import type { BatchUpdateLinksRequestSchema } from "@proto/linkmeter/links/v1/link_service_pb";
import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { type Listed, countRequestOf, requestOf } from "./address";
import type { LinkDraft, LinkUpdate } from "./form";
import { numbersOf, numbersRequest } from "./numbers";
import { type Look, codeRequest } from "./qr_look";

// Everything that changes when a link does.
const LINKS = "links";
// As many as a call takes at once.
const MOST_AT_ONCE = 1000;

export function useLinks(listed: Listed) {
  return useQuery({
    queryKey: [LINKS, "list", listed],
    queryFn: ({ signal }) => links.listLinks(requestOf(listed), { signal }),
  });
}

// How many links pass the filters. Counting those with a text in them may take long, so it is left out there.
export function useLinkCount(listed: Listed) {
  const { search, tag, domain, state, archived } = listed;
  return useQuery({
    queryKey: [LINKS, "count", { tag, domain, state, archived }],
    queryFn: async ({ signal }) => (await links.listLinks(countRequestOf(listed), { signal })).totalSize,
    enabled: !search.trim(),
    placeholderData: undefined,
  });
}

export function useNumbers(shown: readonly Link[] | undefined) {
  const ids = shown?.map((link) => link.linkId) ?? [];
  return useQuery({
    queryKey: ["link-numbers", ids.map(String)],
    queryFn: async ({ signal }) => {
      const now = new Date();
      return numbersOf(await stats.queryStats(numbersRequest(ids, now), { signal }), now);
    },
    enabled: ids.length > 0,
  });
}

// An id that is not one, or undefined, asks nothing.
export function useLink(id: bigint | undefined) {
  return useQuery({
    queryKey: [LINKS, "one", String(id)],
    queryFn: ({ signal }) => links.getLink({ linkId: id }, { signal }),
    enabled: id !== undefined,
    placeholderData: undefined,
    // A form shows it: somebody else's change must be seen before it is typed over.
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
}

// Names that links carry, with or without a tag. All links are read for them, so a screen that has more pressing
// questions asks for them later.
export function useTagNames(isWanted = true) {
  return useQuery({
    enabled: isWanted,
    queryKey: ["tags", "names"],
    queryFn: async ({ signal }) => (await tags.listTags({ withBareNames: true }, { signal })).tags.map(({ name }) => name),
    staleTime: 60_000,
  });
}

export function useHosts() {
  return useQuery({
    queryKey: ["domains", "hosts"],
    queryFn: async ({ signal }) => (await domains.listDomains({}, { signal })).domains.map(({ host }) => host),
    staleTime: 60_000,
  });
}

// Whether a code can be given. Asked only when there is one.
export function useCodeCheck(domain: string, code: string) {
  return useQuery({
    queryKey: ["code", domain, code],
    queryFn: ({ signal }) => links.checkLinkCode({ domain, code }, { signal }),
    enabled: code !== "",
    placeholderData: undefined,
    retry: false,
  });
}

export function useQrCode(id: bigint, look: Look) {
  return useQuery({
    queryKey: ["qr", String(id), look],
    queryFn: ({ signal }) => links.getLinkQrCode(codeRequest(id, look), { signal }),
    retry: false,
  });
}

export function useCreateLink() {
  const client = useQueryClient();
  const forget = useForget();
  return useMutation({
    mutationFn: ({ draft, key }: { draft: LinkDraft; key: string }) =>
      links.createLink({ link: draft, idempotencyKey: key }),
    onSuccess: (link) => {
      client.setQueryData([LINKS, "one", String(link.linkId)], link);
      // Nobody waits for that: the new link is looked at next.
      void forget();
    },
  });
}

export function useUpdateLink() {
  const forget = useForget();
  return useMutation({ mutationFn: (update: LinkUpdate) => links.updateLink(update), onSuccess: forget });
}

export type BatchChange = Omit<MessageInitShape<typeof BatchUpdateLinksRequestSchema>, "linkIds" | "$typeName">;

// Change many links in the same way; more than a call takes go one part after the other.
export function useBatch() {
  const forget = useForget();
  return useMutation({
    mutationFn: async ({ ids, change }: { ids: readonly bigint[]; change: BatchChange }) => {
      const results = [];
      for (let start = 0; start < ids.length; start += MOST_AT_ONCE) {
        const linkIds = ids.slice(start, start + MOST_AT_ONCE);
        results.push(...(await links.batchUpdateLinks({ ...change, linkIds })).results);
      }
      return results;
    },
    // Also when it failed: a part may have been done. Nobody waits for that: what is chosen next is not to be cleared.
    onSettled: () => void forget(),
  });
}

// Return what makes every list of links, and the names of tags, be asked for anew.
function useForget() {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: [LINKS] }),
      client.invalidateQueries({ queryKey: ["tags"] }),
      client.invalidateQueries({ queryKey: ["code"] }),
    ]);
  };
}
