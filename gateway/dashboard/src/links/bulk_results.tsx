import type { BatchUpdateLinksResult } from "@proto/linkmeter/links/v1/link_service_pb";
import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Table } from "@/ui/table";

interface BulkResultsProps {
  refused: readonly BatchUpdateLinksResult[];
  // By id as text.
  known: ReadonlyMap<string, Link>;
  onClose: () => void;
}

// Which links stay as they are, and why; the others are done.
export function BulkResults({ refused, known, onClose }: BulkResultsProps) {
  const text = useText();
  // Those that were chosen then; the choice may be cleared behind this.
  const [links] = useState(known);
  return (
    <Dialog
      title={text.links.refused(refused.length)}
      onClose={onClose}
      footer={<Button onClick={onClose}>{text.common.close}</Button>}
    >
      <Table caption={text.links.refused(refused.length)}>
        <thead>
          <tr>
            <th scope="col">{text.links.link}</th>
            <th scope="col">{text.links.reason}</th>
          </tr>
        </thead>
        <tbody>
          {refused.map(({ linkId, status }) => {
            const link = links.get(String(linkId));
            return (
              <tr key={String(linkId)}>
                <th scope="row">{link ? `${link.domain}/${link.code}` : String(linkId)}</th>
                <td>{status?.message}</td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Dialog>
  );
}
