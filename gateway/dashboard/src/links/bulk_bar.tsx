import type { BatchUpdateLinksResult } from "@proto/linkmeter/links/v1/link_service_pb";
import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { ProblemView } from "@/ui/problem_view";
import { showToast } from "@/ui/toasts";
import { BulkResults } from "./bulk_results";
import { BulkTags } from "./bulk_tags";
import { csvOf } from "./csv";
import { download } from "./download";
import styles from "./links.module.css";
import type { Numbers } from "./numbers";
import { type BatchChange, useBatch } from "./queries";

interface BulkBarProps {
  // By id as text; also links of other pages.
  chosen: ReadonlyMap<string, Link>;
  numbers: Numbers | undefined;
  isWriter: boolean;
  onClear: () => void;
}

// What can be done with the links that are chosen. What was refused of some is said for each.
export function BulkBar({ chosen, numbers, isWriter, onClear }: BulkBarProps) {
  const text = useText();
  const batch = useBatch();
  const [asking, setAsking] = useState<"tags" | "delete">();
  const [refused, setRefused] = useState<readonly BatchUpdateLinksResult[]>([]);
  const links = [...chosen.values()];
  const run = (change: BatchChange) => {
    setAsking(undefined);
    batch.mutate(
      { ids: links.map((link) => link.linkId), change },
      {
        onSuccess: (results) => {
          const failed = results.filter((result) => result.status?.code);
          const done = results.length - failed.length;
          setRefused(failed);
          if (done) {
            showToast({ text: change.delete ? text.links.deleted(done) : text.links.changed(done) });
          }
          if (change.delete || !failed.length) {
            onClear();
          }
        },
      },
    );
  };
  const isBusy = batch.isPending;
  return (
    <div class={styles.bulk} role="region" aria-label={text.links.bulk}>
      <strong role="status">{text.links.chosen(chosen.size)}</strong>
      {isWriter && (
        <>
          <Button disabled={isBusy} onClick={() => setAsking("tags")}>
            {text.links.change_tags}
          </Button>
          <Button disabled={isBusy} onClick={() => run({ archived: !links.every((link) => link.archived) })}>
            {links.every((link) => link.archived) ? text.links.unarchive : text.links.archive}
          </Button>
          <Button disabled={isBusy} onClick={() => run({ disabled: !links.every((link) => link.disabled) })}>
            {links.every((link) => link.disabled) ? text.links.enable : text.links.disable}
          </Button>
        </>
      )}
      <Button onClick={() => download("links.csv", new Blob([csvOf(links, numbers)], { type: "text/csv" }))}>
        {text.links.export}
      </Button>
      {isWriter && (
        <Button kind="danger" disabled={isBusy} onClick={() => setAsking("delete")}>
          {text.links.delete}
        </Button>
      )}
      <Button kind="quiet" onClick={onClear}>
        {text.links.choose_none}
      </Button>
      {batch.error && <ProblemView error={batch.error} hint={text.links.perhaps_done} />}
      {asking === "tags" && <BulkTags links={links} onClose={() => setAsking(undefined)} onRun={run} />}
      {asking === "delete" && (
        <Confirm
          title={text.links.delete_title(chosen.size)}
          action={text.links.delete_them(chosen.size)}
          onConfirm={() => run({ delete: true })}
          onClose={() => setAsking(undefined)}
        >
          <p>{text.links.delete_hint}</p>
        </Confirm>
      )}
      {refused.length > 0 && <BulkResults refused={refused} known={chosen} onClose={() => setRefused([])} />}
    </div>
  );
}
