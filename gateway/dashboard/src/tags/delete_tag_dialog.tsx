import type { Tag } from "@proto/linkmeter/links/v1/tag_service_pb";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemView } from "@/ui/problem_view";
import { useDeleteTag } from "./queries";

// Asks before a tag is deleted.
export function DeleteTagDialog({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const text = useText();
  const remove = useDeleteTag();
  return (
    <Dialog
      title={text.tags.delete_title(tag.name)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate(tag.tagId, { onSuccess: onClose })}>
            {text.tags.delete}
          </Button>
        </>
      }
    >
      <p>{text.tags.delete_hint(tag.linkCount)}</p>
      {remove.error && <ProblemView error={remove.error} />}
    </Dialog>
  );
}
