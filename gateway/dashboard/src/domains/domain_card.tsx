import { type Domain, DomainState } from "@proto/linkmeter/links/v1/links_pb";
import { Link } from "wouter";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { CopyButton } from "@/ui/copy_button";
import { Pill } from "@/ui/pill";
import { ProblemView } from "@/ui/problem_view";
import { Table } from "@/ui/table";
import { showToast } from "@/ui/toasts";
import styles from "./domains.module.css";
import { useVerify } from "./queries";

interface DomainCardProps {
  domain: Domain;
  isManager: boolean;
  onChangeUrl: () => void;
  onDelete: () => void;
}

// A domain: what it serves, and, as long as it is a claim, the record that proves it.
export function DomainCard({ domain, isManager, onChangeUrl, onDelete }: DomainCardProps) {
  const text = useText().domains;
  const verify = useVerify();
  const isOwn = domain.ownerId !== 0n;
  const isVerified = domain.state === DomainState.VERIFIED;
  return (
    <Card
      title={domain.host}
      actions={
        <Pill tone={isVerified ? "good" : "warning"}>
          {isOwn ? (isVerified ? text.verified : text.unverified) : text.everybodys}
        </Pill>
      }
    >
      <div class={styles.domain}>
        <p>
          {text.begins_with} <code>{domain.publicUrl}</code>
        </p>
        {domain.proof && (
          <>
            <p>{text.proof_hint}</p>
            <Table caption={text.proof}>
              <tbody>
                {(["type", "name", "value"] as const).map((part) => (
                  <tr key={part}>
                    <th scope="row">{text.record[part]}</th>
                    <td>
                      <code>{domain.proof?.[part]}</code> <CopyButton value={domain.proof?.[part] ?? ""} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
            {verify.error && <ProblemView error={verify.error} />}
          </>
        )}
        <div class={styles.actions}>
          {isVerified && <Link href={`/links?domain=${encodeURIComponent(domain.host)}`}>{text.its_links}</Link>}
          {isManager && isOwn && (
            <>
              {!isVerified && (
                <Button
                  kind="primary"
                  disabled={verify.isPending}
                  onClick={() =>
                    verify.mutate(domain.domainId, { onSuccess: () => showToast({ text: text.was_verified(domain.host) }) })
                  }
                >
                  {verify.isPending ? text.verifying : text.verify}
                </Button>
              )}
              <Button onClick={onChangeUrl}>{text.change_url}</Button>
              <Button kind="danger" onClick={onDelete}>
                {text.delete}
              </Button>
            </>
          )}
        </div>
      </div>
    </Card>
  );
}
