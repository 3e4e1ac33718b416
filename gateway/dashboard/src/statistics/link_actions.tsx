import { useState } from "preact/hooks";
import { may, useCaller } from "@/api/session";
import { ShareDialog } from "@/share/share_dialog";
import { useText } from "@/text";
import { Button, ButtonLink } from "@/ui/button";

// What can be done with the link whose statistics are looked at.
export function LinkActions({ linkId }: { linkId: bigint }) {
  const text = useText();
  const caller = useCaller();
  const [isSharing, setSharing] = useState(false);
  return (
    <>
      {may(caller, "links:write") && (
        <Button icon="external" onClick={() => setSharing(true)}>
          {text.share.action}
        </Button>
      )}
      <ButtonLink href={`/links/${linkId}`}>{text.statistics.edit_link}</ButtonLink>
      {isSharing && <ShareDialog linkId={linkId} onClose={() => setSharing(false)} />}
    </>
  );
}
