import { MutationCache, QueryCache, QueryClient, keepPreviousData } from "@tanstack/react-query";
import { problemOf } from "./errors";
import { sayIfSignedOut } from "./session";

const MOST_RETRIES = 2;
const LONGEST_WAIT_MS = 5000;

function shouldRetry(failures: number, error: unknown): boolean {
  const { kind } = problemOf(error);
  return (kind === "unavailable" || kind === "offline") && failures < MOST_RETRIES;
}

function waitBeforeRetry(failures: number, error: unknown): number {
  const asked = (problemOf(error).retryAfterSeconds ?? 0) * 1000;
  return Math.min(Math.max(asked, 300 * 2 ** failures), LONGEST_WAIT_MS);
}

// What was read is shown again at once, and asked for anew behind it. What is asked for differently (the next page,
// another filter) keeps the former answer in sight meanwhile. Changes are never repeated by themselves.
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: sayIfSignedOut }),
  mutationCache: new MutationCache({ onError: sayIfSignedOut }),
  defaultOptions: {
    queries: {
      retry: shouldRetry,
      retryDelay: waitBeforeRetry,
      staleTime: 10_000,
      gcTime: 5 * 60_000,
      placeholderData: keepPreviousData,
      // Calls go to our own origin; the browser's idea of being online says nothing about that.
      networkMode: "always",
    },
    mutations: { retry: false, networkMode: "always" },
  },
});
