import { useQuery } from "@tanstack/react-query";
import { stats } from "@/api/clients";
import { problemOf } from "@/api/errors";
import { may, useCaller } from "@/api/session";

const LOOK_EVERY_MS = 15_000;

// The ledger, looked at again from time to time. Who may not read it is told so once, and is not asked again.
export function useLedger() {
  const caller = useCaller();
  return useQuery({
    queryKey: ["ledger"],
    queryFn: ({ signal }) => stats.getLedger({}, { signal }),
    enabled: may(caller, "admin"),
    refetchInterval: (query) =>
      query.state.error && problemOf(query.state.error).kind === "not_allowed" ? false : LOOK_EVERY_MS,
    staleTime: LOOK_EVERY_MS / 2,
  });
}
