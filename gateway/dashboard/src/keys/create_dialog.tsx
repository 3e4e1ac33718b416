import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ApiKey } from "@proto/linkmeter/links/v1/links_pb";
import { useState } from "preact/hooks";
import { problemOf } from "@/api/errors";
import { SCOPES, type Scope, may, useCaller } from "@/api/session";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { ProblemView } from "@/ui/problem_view";
import styles from "./create_dialog.module.css";
import { endOfDay, tomorrow } from "@/ui/end_of_day";
import { useCreateKey } from "./queries";

const USUAL: readonly Scope[] = ["links:read", "links:write", "stats:read"];

// Makes a key, then shows its secret until it was copied.
export function CreateDialog({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<ApiKey>();
  return made ? <Secret secret={made.secret ?? ""} onClose={onClose} /> : <Form onMade={setMade} onClose={onClose} />;
}

function Form({ onMade, onClose }: { onMade: (key: ApiKey) => void; onClose: () => void }) {
  const text = useText();
  const caller = useCaller();
  const create = useCreateKey();
  const allowed = SCOPES.filter((scope) => may(caller, scope));
  const [title, setTitle] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(() => new Set(USUAL.filter((scope) => may(caller, scope))));
  const [lastDay, setLastDay] = useState("");
  const field = create.error ? problemOf(create.error).field : "";
  const toggle = (scope: Scope) => {
    const next = new Set(scopes);
    if (!next.delete(scope)) {
      next.add(scope);
    }
    setScopes(next);
  };
  const footer = (
    <>
      <Button onClick={onClose}>{text.common.cancel}</Button>
      <Button kind="primary" type="submit" form="new-key" disabled={create.isPending || scopes.size === 0}>
        {text.keys.create}
      </Button>
    </>
  );
  return (
    <Dialog title={text.keys.create_title} onClose={onClose} footer={footer} keepsOnOutsideClick>
      <form
        id="new-key"
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const expireTime = lastDay ? timestampFromDate(endOfDay(lastDay)) : undefined;
          create.mutate({ title: title.trim(), scopes: [...scopes], expireTime }, { onSuccess: onMade });
        }}
      >
        <Field label={text.keys.name} hint={text.keys.title_hint}>
          {(wiring) => (
            <input
              {...wiring}
              maxLength={128}
              value={title}
              onInput={(event) => setTitle(event.currentTarget.value)}
            />
          )}
        </Field>
        <fieldset class={styles.scopes}>
          <legend>{text.keys.scopes}</legend>
          {allowed.map((scope) => (
            <label key={scope}>
              <input type="checkbox" checked={scopes.has(scope)} onChange={() => toggle(scope)} />
              <span>
                {text.keys.scope_names[scope]} <code>{scope}</code>
              </span>
            </label>
          ))}
          {scopes.size === 0 && <p role="alert">{text.keys.needs_scope}</p>}
        </fieldset>
        <Field
          label={text.keys.expiry}
          hint={text.keys.expiry_hint}
          error={field === "api_key.expire_time" ? problemOf(create.error).message : undefined}
        >
          {(wiring) => (
            <input
              {...wiring}
              type="date"
              min={tomorrow()}
              value={lastDay}
              onInput={(event) => setLastDay(event.currentTarget.value)}
            />
          )}
        </Field>
        {create.error && field !== "api_key.expire_time" && <ProblemView error={create.error} />}
      </form>
    </Dialog>
  );
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const text = useText();
  const footer = (
    <Button kind="primary" onClick={onClose}>
      {text.keys.done}
    </Button>
  );
  return (
    <Dialog title={text.keys.secret_title} onClose={onClose} footer={footer} keepsOnOutsideClick>
      <div class={styles.form}>
        <p>{text.keys.secret_hint}</p>
        <p class={styles.secret}>
          <code>{secret}</code>
        </p>
        <div>
          <CopyButton value={secret}>{text.keys.copy}</CopyButton>
        </div>
      </div>
    </Dialog>
  );
}
