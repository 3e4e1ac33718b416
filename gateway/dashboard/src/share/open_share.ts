import { Code } from "@connectrpc/connect";
import type { SharedLink } from "@proto/linkmeter/links/v1/share_service_pb";
import { useEffect, useState } from "preact/hooks";
import { shares } from "@/api/clients";
import { type Problem, problemOf } from "@/api/errors";

export type Opening =
  | { state: "opening" }
  // It wants a password; problem says what became of the last one.
  | { state: "asks"; problem: Problem | undefined }
  | { state: "open"; link: SharedLink }
  | { state: "gone" }
  | { state: "failed"; error: unknown };

// Opens the share of this page: by what the browser has kept of it, else by the token in the address. These calls go past
// the query client, for which a refused password would be a session that has ended.
export function useOpenShare(token: string) {
  const [opening, setOpening] = useState<Opening>({ state: "opening" });

  const open = async (password: string): Promise<void> => {
    try {
      setOpening({ state: "open", link: await shares.openShare({ token, password }) });
    } catch (error) {
      const problem = problemOf(error);
      const isAsking = problem.code === Code.Unauthenticated || problem.kind === "limited";
      if (isAsking) {
        setOpening({ state: "asks", problem: password ? problem : undefined });
      } else {
        setOpening(problem.kind === "not_found" ? { state: "gone" } : { state: "failed", error });
      }
    }
  };

  const begin = async (): Promise<void> => {
    setOpening({ state: "opening" });
    try {
      setOpening({ state: "open", link: await shares.getSharedLink({}) });
    } catch (error) {
      if (problemOf(error).kind !== "signed_out") {
        setOpening({ state: "failed", error });
      } else if (token) {
        await open("");
      } else {
        setOpening({ state: "gone" });
      }
    }
  };

  useEffect(() => void begin(), [token]);
  return { opening, open, begin };
}
