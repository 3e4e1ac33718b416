// What the screen of tags asks of the services.
import type { Tag } from "@proto/linkmeter/links/v1/tag_service_pb";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { tags } from "@/api/clients";

const TAGS = "tags";

// Tags, and names that links carry without one (their id is 0), each with how many links carry it.
export function useTags() {
  return useQuery({
    queryKey: [TAGS, "list"],
    queryFn: async ({ signal }) => (await tags.listTags({ withLinkCounts: true, withBareNames: true }, { signal })).tags,
  });
}

// A name becomes another, and gets a colour. One without a tag gets a tag only for a colour.
export function useSaveTag() {
  const forget = useForget();
  return useMutation({
    mutationFn: async ({ tag, name, color }: { tag: Tag | undefined; name: string; color: string }) => {
      if (tag?.tagId) {
        await tags.updateTag({ tag: { tagId: tag.tagId, name, color }, updateMask: { paths: ["name", "color"] } });
        return;
      }
      if (tag && tag.name !== name) {
        await tags.mergeTags({ names: [tag.name], into: name });
      }
      if (!tag || color) {
        await tags.createTag({ tag: { name, color } });
      }
    },
    onSettled: forget,
  });
}

export function useMergeTags() {
  const forget = useForget();
  return useMutation({
    mutationFn: ({ names, into }: { names: readonly string[]; into: string }) =>
      tags.mergeTags({ names: names.filter((name) => name !== into), into }),
    onSuccess: forget,
  });
}

// A tag goes from all links.
export function useDeleteTag() {
  const forget = useForget();
  return useMutation({ mutationFn: (tagId: bigint) => tags.deleteTag({ tagId }), onSuccess: forget });
}

function useForget() {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: [TAGS] }),
      client.invalidateQueries({ queryKey: ["links"] }),
    ]);
  };
}
