import { Code, ConnectError } from "@connectrpc/connect";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@proto/google/rpc/error_details_pb";

export type ProblemKind =
  | "offline"
  | "signed_out"
  | "not_allowed"
  | "not_found"
  | "invalid"
  | "conflict"
  | "exists"
  | "limited"
  | "unavailable"
  | "slow"
  | "broken";

// An error of a call, as the page needs it.
export interface Problem {
  kind: ProblemKind;
  code: Code;
  // What the service said, for people.
  message: string;
  // For programs, for instance POSITION_LOST; empty when the error is none of a service's.
  reason: string;
  metadata: Readonly<Record<string, string>>;
  // The field of the request that is wrong, as the contract calls it: link.code; empty when it is about no field.
  field: string;
  // For who looks after the system; empty when nothing answered.
  requestId: string;
  // When it makes sense to ask again; undefined when nothing was said about that.
  retryAfterSeconds: number | undefined;
  // Whether the same call may work later.
  isWorthRetrying: boolean;
}

const KINDS: Partial<Record<Code, ProblemKind>> = {
  [Code.Unauthenticated]: "signed_out",
  [Code.PermissionDenied]: "not_allowed",
  [Code.NotFound]: "not_found",
  [Code.InvalidArgument]: "invalid",
  [Code.FailedPrecondition]: "invalid",
  [Code.OutOfRange]: "invalid",
  [Code.Aborted]: "conflict",
  [Code.AlreadyExists]: "exists",
  [Code.ResourceExhausted]: "limited",
  [Code.Unavailable]: "unavailable",
  [Code.DeadlineExceeded]: "slow",
};
const WORTH_RETRYING: ReadonlySet<ProblemKind> = new Set(["offline", "limited", "unavailable", "slow", "broken"]);

export function problemOf(error: unknown): Problem {
  const failed = ConnectError.from(error);
  const info = failed.findDetails(ErrorInfoSchema)[0];
  const violation = failed.findDetails(BadRequestSchema)[0]?.fieldViolations[0];
  const delay = failed.findDetails(RetryInfoSchema)[0]?.retryDelay;
  // fetch fails with a TypeError when nothing answers at all.
  const kind = failed.cause instanceof TypeError ? "offline" : (KINDS[failed.code] ?? "broken");
  return {
    kind,
    code: failed.code,
    message: kind === "offline" ? "" : (violation?.description ?? failed.rawMessage),
    reason: info?.reason ?? "",
    metadata: info?.metadata ?? {},
    field: violation?.field ?? "",
    requestId: failed.metadata.get("x-request-id") ?? "",
    retryAfterSeconds: delay ? Number(delay.seconds) : undefined,
    isWorthRetrying: WORTH_RETRYING.has(kind),
  };
}
