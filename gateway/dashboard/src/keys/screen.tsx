import { useState } from "preact/hooks";
import type { ApiKey } from "@proto/linkmeter/links/v1/links_pb";
import { may, useCaller } from "@/api/session";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Confirm } from "@/ui/confirm";
import { EmptyState } from "@/ui/empty_state";
import { QueryView } from "@/ui/query_view";
import { Screen } from "@/ui/screen";
import { showToast } from "@/ui/toasts";
import { CreateDialog } from "./create_dialog";
import { KeyTable } from "./key_table";
import { useKeys, useRevokeKey } from "./queries";

// What programs show to act for the account.
export default function KeysScreen() {
  const text = useText();
  const caller = useCaller();
  const [withRevoked, setWithRevoked] = useState(false);
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey>();
  const list = useKeys(withRevoked);
  const revoke = useRevokeKey();
  const close = () => {
    setRevoking(undefined);
    revoke.reset();
  };

  if (!may(caller, "keys:manage")) {
    return (
      <Screen title={text.keys.title} lead={text.keys.lead}>
        <EmptyState icon="keys" title={text.keys.needs_keys}>
          {text.keys.needs_keys_hint}
        </EmptyState>
      </Screen>
    );
  }
  const create = (
    <Button kind="primary" icon="plus" onClick={() => setCreating(true)}>
      {text.keys.create}
    </Button>
  );
  return (
    <Screen title={text.keys.title} lead={text.keys.lead} actions={create}>
      <label>
        <input
          type="checkbox"
          checked={withRevoked}
          onChange={(event) => setWithRevoked(event.currentTarget.checked)}
        />{" "}
        {text.keys.with_revoked}
      </label>
      <QueryView query={list}>
        {({ pages }) => {
          const keys = pages.flatMap((page) => page.apiKeys);
          return keys.length === 0 ? (
            <EmptyState icon="keys" title={text.keys.nothing}>
              {text.keys.nothing_hint}
            </EmptyState>
          ) : (
            <Card isFlush>
              <KeyTable keys={keys} onRevoke={setRevoking} />
            </Card>
          );
        }}
      </QueryView>
      {list.hasNextPage && (
        <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {text.keys.more}
        </Button>
      )}
      {isCreating && <CreateDialog onClose={() => setCreating(false)} />}
      {revoking && (
        <Confirm
          title={text.keys.revoke_title(revoking.title || revoking.prefix)}
          action={text.keys.revoke}
          isBusy={revoke.isPending}
          error={revoke.error}
          onClose={close}
          onConfirm={() =>
            revoke.mutate(revoking.apiKeyId, {
              onSuccess: () => {
                close();
                showToast({ text: text.keys.key_revoked });
              },
            })
          }
        >
          <p>{text.keys.revoke_hint}</p>
        </Confirm>
      )}
    </Screen>
  );
}
