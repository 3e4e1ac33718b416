import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type { CreateSessionRequestSchema } from "@proto/linkmeter/links/v1/session_service_pb";
import { useState } from "preact/hooks";
import { sessions } from "@/api/clients";
import { problemOf } from "@/api/errors";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";

type Credential = NonNullable<MessageInitShape<typeof CreateSessionRequestSchema>["credential"]>;

// Signing in: what is under way, and what a person reads when it failed. These calls go past the query client, for which
// a refused credential would be a session that has ended.
export function useSignIn(onDone: () => void) {
  const text = useText();
  const format = useFormat();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");

  const wordsFor = (error: unknown): string => {
    const problem = problemOf(error);
    if (problem.code === Code.Unauthenticated) {
      return text.sign_in.failed;
    }
    if (problem.kind === "limited") {
      return text.sign_in.limited(format.duration(problem.retryAfterSeconds ?? 60));
    }
    return [text.problems.titles[problem.kind], problem.message].filter(Boolean).join(". ");
  };

  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setFailure("");
    try {
      await work();
      onDone();
    } catch (error) {
      setFailure(wordsFor(error));
    } finally {
      setBusy(false);
    }
  };

  return {
    isBusy,
    failure,
    signIn: (credential: Credential) => attempt(() => sessions.createSession({ credential })),
    // Leaves the page for the provider of the single sign-on.
    goToProvider: async () => {
      setBusy(true);
      setFailure("");
      try {
        location.assign((await sessions.beginOidc({})).authorizationUrl);
      } catch (error) {
        setFailure(wordsFor(error));
        setBusy(false);
      }
    },
  };
}
