import type { Tag } from "@proto/linkmeter/links/v1/tag_service_pb";
import { useText } from "@/text";
import { Confirm } from "@/ui/confirm";
import { useDeleteTag } from "./queries";

// Asks before a tag is deleted.
export function DeleteTagDialog({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const text = useText().tags;
  const remove = useDeleteTag();
  return (
    <Confirm
      title={text.delete_title(tag.name)}
      action={text.delete}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(tag.tagId, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>{text.delete_hint(tag.linkCount)}</p>
    </Confirm>
  );
}
