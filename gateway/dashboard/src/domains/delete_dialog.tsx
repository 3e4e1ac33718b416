import type { Domain } from "@proto/linkmeter/links/v1/links_pb";
import { useText } from "@/text";
import { Confirm } from "@/ui/confirm";
import { useDeleteDomain } from "./queries";

// Asks before a domain is given up.
export function DeleteDialog({ domain, onClose }: { domain: Domain; onClose: () => void }) {
  const text = useText().domains;
  const remove = useDeleteDomain();
  return (
    <Confirm
      title={text.delete_title(domain.host)}
      action={text.delete}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(domain.domainId, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>{text.delete_hint}</p>
    </Confirm>
  );
}
