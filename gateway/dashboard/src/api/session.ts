import { Code } from "@connectrpc/connect";
import { problemOf } from "./errors";

export type Scope =
  | "links:read"
  | "links:write"
  | "links:import"
  | "stats:read"
  | "keys:manage"
  | "domains:manage"
  | "admin";

// Who looks at the page, and what they may do.
export interface Caller {
  name: string;
  scopes: readonly Scope[];
}

// Until there are sessions, nothing is known about who asks; the services decide.
export function useCaller(): Caller | undefined {
  return undefined;
}

// Whether a caller has a scope; admin has all, and of an unknown caller the service says it.
export function may(caller: Caller | undefined, scope: Scope): boolean {
  return !caller || caller.scopes.includes(scope) || caller.scopes.includes("admin");
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
