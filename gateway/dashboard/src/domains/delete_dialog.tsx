import type { Domain } from "@proto/linkmeter/links/v1/links_pb";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemView } from "@/ui/problem_view";
import { useDeleteDomain } from "./queries";

// Asks before a domain is given up.
export function DeleteDialog({ domain, onClose }: { domain: Domain; onClose: () => void }) {
  const text = useText();
  const remove = useDeleteDomain();
  return (
    <Dialog
      title={text.domains.delete_title(domain.host)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button
            kind="danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate(domain.domainId, { onSuccess: onClose })}
          >
            {text.domains.delete}
          </Button>
        </>
      }
    >
      <p>{text.domains.delete_hint}</p>
      {remove.error && <ProblemView error={remove.error} />}
    </Dialog>
  );
}
