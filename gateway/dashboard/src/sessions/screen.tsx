import { useState } from "preact/hooks";
import type { Session } from "@proto/linkmeter/links/v1/session_service_pb";
import { may, useCaller } from "@/api/session";
import { signOut } from "@/sign_in/who";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Confirm } from "@/ui/confirm";
import { EmptyState } from "@/ui/empty_state";
import { QueryView } from "@/ui/query_view";
import { Screen } from "@/ui/screen";
import { showToast } from "@/ui/toasts";
import { useEndOthers, useEndSession, useSessions } from "./queries";
import { SessionTable } from "./session_table";

// Which browsers are signed in, and the way to sign them out.
export default function SessionsScreen() {
  const text = useText();
  const caller = useCaller();
  const list = useSessions();
  const endOne = useEndSession();
  const endOthers = useEndOthers();
  const [ending, setEnding] = useState<Session | "others">();
  const close = () => {
    setEnding(undefined);
    endOne.reset();
    endOthers.reset();
  };

  if (!may(caller, "keys:manage")) {
    return (
      <Screen title={text.sessions.title} lead={text.sessions.lead}>
        <EmptyState
          icon="sessions"
          title={text.sessions.needs_keys}
          action={<Button onClick={() => void signOut()}>{text.sign_in.sign_out}</Button>}
        />
      </Screen>
    );
  }
  const hasOthers = list.data?.some((session) => !session.current);
  const others = hasOthers && (
    <Button kind="danger" onClick={() => setEnding("others")}>
      {text.sessions.end_others}
    </Button>
  );
  return (
    <Screen title={text.sessions.title} lead={text.sessions.lead} actions={others}>
      <QueryView query={list}>
        {(sessions) => (
          <Card isFlush>
            <SessionTable
              sessions={sessions}
              onEnd={(session) => (session.current ? void signOut() : setEnding(session))}
            />
          </Card>
        )}
      </QueryView>
      {list.data && !hasOthers && <p>{text.sessions.only_this}</p>}
      {ending === "others" && (
        <Confirm
          title={text.sessions.end_others_title}
          action={text.sessions.end_others}
          isBusy={endOthers.isPending}
          error={endOthers.error}
          onClose={close}
          onConfirm={() =>
            endOthers.mutate(undefined, {
              onSuccess: (count) => {
                close();
                showToast({ text: text.sessions.others_ended(count) });
              },
            })
          }
        >
          <p>{text.sessions.end_others_hint}</p>
        </Confirm>
      )}
      {ending && ending !== "others" && (
        <Confirm
          title={text.sessions.end_title}
          action={text.sessions.end}
          isBusy={endOne.isPending}
          error={endOne.error}
          onClose={close}
          onConfirm={() =>
            endOne.mutate(ending.sessionId, {
              onSuccess: () => {
                close();
                showToast({ text: text.sessions.ended });
              },
            })
          }
        >
          <p>{text.sessions.end_hint}</p>
        </Confirm>
      )}
    </Screen>
  );
}
