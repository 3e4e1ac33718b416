import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Share } from "@proto/linkmeter/links/v1/share_service_pb";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Dialog } from "@/ui/dialog";
import { useFormat } from "@/ui/format";
import { Pill } from "@/ui/pill";
import { ProblemView } from "@/ui/problem_view";
import { QueryView } from "@/ui/query_view";
import { showToast } from "@/ui/toasts";
import { NewShare } from "./new_share";
import { useDeleteShare, useShares } from "./queries";
import styles from "./share_dialog.module.css";

interface ShareDialogProps {
  // The link whose statistics are shared.
  linkId: bigint;
  onClose: () => void;
}

// Addresses at which others see a link's statistics: those that there are, and a new one.
export function ShareDialog({ linkId, onClose }: ShareDialogProps) {
  const text = useText();
  const list = useShares(linkId);
  return (
    <Dialog title={text.share.title} onClose={onClose} keepsOnOutsideClick>
      <div class={styles.body}>
        <p>{text.share.lead}</p>
        <QueryView query={list}>
          {(shares) =>
            shares.length === 0 ? <p class={styles.soft}>{text.share.none}</p> : <List linkId={linkId} shares={shares} />
          }
        </QueryView>
        <NewShare linkId={linkId} />
      </div>
    </Dialog>
  );
}

function List({ linkId, shares }: { linkId: bigint; shares: readonly Share[] }) {
  const text = useText();
  const format = useFormat();
  const remove = useDeleteShare(linkId);
  return (
    <>
      <ul role="list" class={styles.list} aria-label={text.share.caption}>
        {shares.map((share) => (
          <li key={share.shareId} class={styles.share}>
            <div class={styles.head}>
              <strong>{share.title || text.share.untitled}</strong>
              {share.hasPassword && <Pill>{text.share.with_password}</Pill>}
              {share.expireTime && <Pill>{text.share.expires(format.date_time(timestampDate(share.expireTime)))}</Pill>}
            </div>
            <div class={styles.address}>
              {share.url ? <code>{share.url}</code> : <span class={styles.soft}>{text.share.hidden}</span>}
              {share.url && <CopyButton value={share.url} />}
              <Button
                size="small"
                kind="danger"
                disabled={remove.isPending}
                aria-label={text.share.remove_label(share.title || share.url)}
                onClick={() =>
                  remove.mutate(share.shareId, { onSuccess: () => showToast({ text: text.share.removed }) })
                }
              >
                {text.share.remove}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {remove.error && <ProblemView error={remove.error} />}
    </>
  );
}
