// What the screen of imports asks of the services.
import { useInfiniteQuery } from "@tanstack/react-query";
import { ImportState } from "@proto/linkmeter/links/v1/import_service_pb";
import { imports } from "@/api/clients";

const PAGE_SIZE = 50;
// While one is under way, its numbers move.
const LOOK_AGAIN_MS = 5000;

export function useImports() {
  return useInfiniteQuery({
    queryKey: ["imports"],
    queryFn: ({ pageParam, signal }) => imports.listImports({ pageSize: PAGE_SIZE, pageToken: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextPageToken || undefined,
    refetchInterval: ({ state }) => {
      const shown = state.data?.pages.flatMap((page) => page.imports) ?? [];
      return shown.some((each) => each.state === ImportState.ACTIVE || each.state === ImportState.UNDOING)
        ? LOOK_AGAIN_MS
        : false;
    },
  });
}
