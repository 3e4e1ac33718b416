import { useId, useState } from "preact/hooks";
import { problemOf } from "@/api/errors";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { ProblemView } from "@/ui/problem_view";
import styles from "./domains.module.css";
import { useClaim } from "./queries";

// Claims a host. It serves nothing until the claim is proved.
export function ClaimDialog({ onClose }: { onClose: () => void }) {
  const text = useText();
  const formId = useId();
  const [host, setHost] = useState("");
  const [publicUrl, setPublicUrl] = useState("");
  const claim = useClaim();
  const problem = claim.error ? problemOf(claim.error) : undefined;
  const errorOf = (field: string) => (problem?.field === field ? problem.message : undefined);
  return (
    <Dialog
      title={text.domains.claim}
      onClose={onClose}
      keepsOnOutsideClick={host !== ""}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button kind="primary" type="submit" form={formId} disabled={claim.isPending}>
            {text.domains.claim}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        class={styles.domain}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          claim.mutate({ host: host.trim(), publicUrl: publicUrl.trim() }, { onSuccess: onClose });
        }}
      >
        {claim.error && !problem?.field && <ProblemView error={claim.error} />}
        <Field label={text.domains.host} hint={text.domains.host_hint} error={errorOf("domain.host")}>
          {(wiring) => (
            <input
              {...wiring}
              autofocus
              placeholder="go.example.com"
              autocapitalize="off"
              spellcheck={false}
              value={host}
              onInput={(event) => setHost(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={text.domains.public_url} hint={text.domains.public_url_hint} error={errorOf("domain.public_url")}>
          {(wiring) => (
            <input
              {...wiring}
              type="url"
              placeholder="https://"
              value={publicUrl}
              onInput={(event) => setPublicUrl(event.currentTarget.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
