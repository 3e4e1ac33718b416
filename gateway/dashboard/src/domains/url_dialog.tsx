import type { Domain } from "@proto/linkmeter/links/v1/links_pb";
import { useId, useState } from "preact/hooks";
import { problemOf } from "@/api/errors";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { ProblemView } from "@/ui/problem_view";
import { useSetPublicUrl } from "./queries";

// What short URLs of a domain begin with.
export function UrlDialog({ domain, onClose }: { domain: Domain; onClose: () => void }) {
  const text = useText();
  const formId = useId();
  const [publicUrl, setPublicUrl] = useState(domain.publicUrl);
  const save = useSetPublicUrl();
  const problem = save.error ? problemOf(save.error) : undefined;
  return (
    <Dialog
      title={domain.host}
      onClose={onClose}
      keepsOnOutsideClick={publicUrl !== domain.publicUrl}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button kind="primary" type="submit" form={formId} disabled={save.isPending}>
            {text.common.save}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ domainId: domain.domainId, publicUrl: publicUrl.trim() }, { onSuccess: onClose });
        }}
      >
        {save.error && !problem?.field && <ProblemView error={save.error} />}
        <Field
          label={text.domains.public_url}
          hint={text.domains.public_url_hint}
          error={problem?.field ? problem.message : undefined}
        >
          {(wiring) => (
            <input
              {...wiring}
              type="url"
              autofocus
              value={publicUrl}
              onInput={(event) => setPublicUrl(event.currentTarget.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
