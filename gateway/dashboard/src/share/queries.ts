import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ShareSchema } from "@proto/linkmeter/links/v1/share_service_pb";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { shares } from "@/api/clients";

// Keys are written as JSON, which has no such numbers.
const keyOf = (linkId: bigint) => ["shares", String(linkId)];

export function useShares(linkId: bigint) {
  return useQuery({
    queryKey: keyOf(linkId),
    queryFn: async ({ signal }) => (await shares.listShares({ linkId }, { signal })).shares,
  });
}

export function useCreateShare(linkId: bigint) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (share: MessageInitShape<typeof ShareSchema>) =>
      shares.createShare({ share: { ...share, linkId } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keyOf(linkId) }),
  });
}

export function useDeleteShare(linkId: bigint) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (shareId: bigint) => shares.deleteShare({ shareId }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keyOf(linkId) }),
  });
}
