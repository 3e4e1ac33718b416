import { type MessageInitShape } from "@bufbuild/protobuf";
import type { ApiKeySchema } from "@proto/linkmeter/links/v1/links_pb";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { apiKeys } from "@/api/clients";
import { may, useCaller } from "@/api/session";

const KEY = ["keys"];
const PAGE_SIZE = 100;

export function useKeys(withRevoked: boolean) {
  const caller = useCaller();
  return useInfiniteQuery({
    queryKey: [...KEY, withRevoked],
    queryFn: ({ pageParam, signal }) =>
      apiKeys.listApiKeys({ withRevoked, pageSize: PAGE_SIZE, pageToken: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextPageToken || undefined,
    enabled: may(caller, "keys:manage"),
  });
}

// Answers the key with its secret, this once.
export function useCreateKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (apiKey: MessageInitShape<typeof ApiKeySchema>) => apiKeys.createApiKey({ apiKey }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: KEY }),
    // The secret does not stay in memory longer than it is shown.
    gcTime: 0,
  });
}

export function useRevokeKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (apiKeyId: bigint) => apiKeys.deleteApiKey({ apiKeyId }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEY }),
  });
}
