import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { sessions } from "@/api/clients";
import { may, useCaller } from "@/api/session";

const KEY = ["sessions"];

export function useSessions() {
  const caller = useCaller();
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await sessions.listSessions({}, { signal })).sessions,
    enabled: may(caller, "keys:manage"),
  });
}

export function useEndSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (sessionId: bigint) => sessions.deleteSession({ sessionId }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEY }),
  });
}

// Answers how many were ended.
export function useEndOthers() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => (await sessions.deleteOtherSessions({})).deletedSessions,
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEY }),
  });
}
