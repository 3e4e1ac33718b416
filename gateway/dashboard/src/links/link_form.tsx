import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useId, useState } from "preact/hooks";
import { may, useCaller } from "@/api/session";
import { useText } from "@/text";
import { Button, ButtonLink } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Dialog } from "@/ui/dialog";
import { Notice } from "@/ui/notice";
import { ProblemView } from "@/ui/problem_view";
import { showToast } from "@/ui/toasts";
import { Conflict } from "./conflict";
import { LinkFields } from "./link_fields";
import styles from "./links.module.css";
import { QrPanel } from "./qr_panel";
import { useLinkForm } from "./use_link_form";

interface LinkFormProps {
  // Undefined: a new one.
  link: Link | undefined;
  onClose: () => void;
  onCreated?: (link: Link) => void;
}

// A link with all that its owner can say of it, and its QR code beside.
export function LinkForm({ link, onClose, onCreated }: LinkFormProps) {
  const text = useText();
  const formId = useId();
  const [isLeaving, setLeaving] = useState(false);
  const isWriter = may(useCaller(), "links:write");
  const form = useLinkForm(link, {
    onCreated: (created) => {
      showToast({ text: text.links.was_created(created.shortUrl) });
      onCreated?.(created);
    },
    onSaved: () => {
      showToast({ text: text.links.was_saved });
      onClose();
    },
  });
  const close = () => (form.isDirty && !isLeaving ? setLeaving(true) : onClose());
  const footer = isLeaving ? (
    <>
      <span role="alert">{text.links.leave_question}</span>
      <Button onClick={() => setLeaving(false)}>{text.links.keep_typing}</Button>
      <Button kind="danger" onClick={onClose}>
        {text.links.throw_away}
      </Button>
    </>
  ) : (
    <>
      {link && (
        <ButtonLink href={`/statistics?f=link,is,${link.linkId}`} icon="statistics">
          {text.links.statistics}
        </ButtonLink>
      )}
      <Button onClick={close}>{text.common.cancel}</Button>
      {isWriter && (
        <Button kind="primary" type="submit" form={formId} disabled={form.isBusy || Boolean(form.theirs)}>
          {link ? text.common.save : text.links.create}
        </Button>
      )}
    </>
  );
  return (
    <Dialog
      title={link ? link.title || `${link.domain}/${link.code}` : text.links.new_link}
      onClose={close}
      footer={footer}
      isWide={Boolean(link)}
      keepsOnOutsideClick={form.isDirty}
    >
      {link && (
        <p class={styles.short}>
          <a href={link.shortUrl} target="_blank" rel="noreferrer">
            {link.shortUrl}
          </a>
          <CopyButton value={link.shortUrl}>{text.common.copy}</CopyButton>
        </p>
      )}
      {link?.disabled && <Notice tone="warning" title={text.links.is_disabled} />}
      {form.theirs && <Conflict form={form} theirs={form.theirs} />}
      {form.error && <ProblemView error={form.error} onRetry={() => void form.save()} />}
      <div class={link ? styles.beside : undefined}>
        <form
          id={formId}
          class={styles.form}
          // What is wrong is said beside the field, by the service, in words of ours.
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void form.save();
          }}
        >
          <fieldset class={styles.plain} disabled={!isWriter}>
            <LinkFields form={form} isNew={!link} />
          </fieldset>
        </form>
        {link && <QrPanel link={link} />}
      </div>
    </Dialog>
  );
}
