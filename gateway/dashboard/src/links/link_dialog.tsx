import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useText } from "@/text";
import { Dialog } from "@/ui/dialog";
import { Notice } from "@/ui/notice";
import { ProblemView } from "@/ui/problem_view";
import { Skeleton } from "@/ui/skeleton";
import { LinkForm } from "./link_form";
import { useLink } from "./queries";

interface LinkDialogProps {
  // As the address has it: new, or the id of a link.
  id: string;
  onClose: () => void;
  // Opens another one, by its id.
  onOpen: (id: string) => void;
}

// One link: to be made, looked at and changed.
export function LinkDialog({ id, onClose, onOpen }: LinkDialogProps) {
  const text = useText();
  const number = /^[1-9]\d{0,17}$/.test(id) ? BigInt(id) : undefined;
  const found = useLink(number);
  if (id === "new") {
    return <LinkForm link={undefined} onClose={onClose} onCreated={(link: Link) => onOpen(String(link.linkId))} />;
  }
  if (found.data) {
    // What is typed is not thrown away by an answer that comes later: the form keeps the link that it began with.
    return <LinkForm link={found.data} onClose={onClose} />;
  }
  return (
    <Dialog title={text.links.link} onClose={onClose}>
      {number === undefined ? (
        <Notice tone="bad" title={text.problems.titles.not_found} />
      ) : found.error ? (
        <ProblemView error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton />
      )}
    </Dialog>
  );
}
