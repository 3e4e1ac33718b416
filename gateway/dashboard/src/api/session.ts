import { Code } from "@connectrpc/connect";
import { useQuery } from "@tanstack/react-query";
import type { GetCallerResponse } from "@proto/linkmeter/links/v1/session_service_pb";
import { sessions } from "./clients";
import { problemOf } from "./errors";

export type Scope =
  | "links:read"
  | "links:write"
  | "links:import"
  | "stats:read"
  | "keys:manage"
  | "domains:manage"
  | "admin";

// All scopes, the weakest first; admin has all the others.
export const SCOPES: readonly Scope[] = [
  "links:read",
  "links:write",
  "stats:read",
  "links:import",
  "keys:manage",
  "domains:manage",
  "admin",
];

// Who looks at the page, and what they may do.
export interface Caller {
  // Of the account; 0 for who sees one shared link.
  ownerId: bigint;
  login: string;
  name: string;
  email: string;
  hasPassword: boolean;
  scopes: readonly Scope[];
}

// Who looks at the page: asked for again from time to time, since rights change.
export function useCallerQuery() {
  return useQuery({
    queryKey: ["caller"],
    queryFn: async ({ signal }) => callerOf(await sessions.getCaller({}, { signal })),
    staleTime: 60_000,
  });
}

// The same, where nothing depends on whether it is known yet.
export function useCaller(): Caller | undefined {
  return useCallerQuery().data;
}

// Whether a caller has a scope; admin has all, and of an unknown caller the service says it.
export function may(caller: Caller | undefined, scope: Scope): boolean {
  return !caller || caller.scopes.includes(scope) || caller.scopes.includes("admin");
}

function callerOf({ owner, scopes }: GetCallerResponse): Caller {
  return {
    ownerId: owner?.ownerId ?? 0n,
    login: owner?.login ?? "",
    name: owner?.displayName ?? "",
    email: owner?.email ?? "",
    hasPassword: owner?.hasPassword ?? false,
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
  };
}

const SIGNED_OUT = "linkmeter:signed-out";

// Tell who listens when a call failed because its caller is not signed in, or not any more.
export function sayIfSignedOut(error: unknown): void {
  if (problemOf(error).code === Code.Unauthenticated) {
    dispatchEvent(new Event(SIGNED_OUT));
  }
}

// Call a function whenever that happens; return what ends it.
export function onSignedOut(listener: () => void): () => void {
  addEventListener(SIGNED_OUT, listener);
  return () => removeEventListener(SIGNED_OUT, listener);
}
