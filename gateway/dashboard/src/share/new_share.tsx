import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { useState } from "preact/hooks";
import { problemOf } from "@/api/errors";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/copy_button";
import { endOfDay, tomorrow } from "@/ui/end_of_day";
import { Field } from "@/ui/field";
import { ProblemView } from "@/ui/problem_view";
import { SecretField } from "@/ui/secret_field";
import { showToast } from "@/ui/toasts";
import { useCreateShare } from "./queries";
import styles from "./share_dialog.module.css";

const EMPTY = { title: "", password: "", lastDay: "" };

// Makes an address, and copies it where the browser allows that.
export function NewShare({ linkId }: { linkId: bigint }) {
  const text = useText();
  const create = useCreateShare(linkId);
  const [typed, setTyped] = useState(EMPTY);
  const problem = create.error && problemOf(create.error);
  const set = (name: keyof typeof EMPTY) => (event: { currentTarget: HTMLInputElement }) =>
    setTyped({ ...typed, [name]: event.currentTarget.value });
  const announce = async (url: string) => {
    try {
      await copyText(url);
      showToast({ text: text.share.created });
    } catch {
      showToast({ text: text.share.made });
    }
  };
  return (
    <form
      class={styles.form}
      aria-label={text.share.new}
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate(
          {
            title: typed.title.trim(),
            password: typed.password || undefined,
            expireTime: typed.lastDay ? timestampFromDate(endOfDay(typed.lastDay)) : undefined,
          },
          {
            onSuccess: (share) => {
              setTyped(EMPTY);
              void announce(share.url);
            },
          },
        );
      }}
    >
      <h3>{text.share.new}</h3>
      <Field label={text.share.name} hint={text.share.name_hint}>
        {(wiring) => <input {...wiring} maxLength={128} value={typed.title} onInput={set("title")} />}
      </Field>
      <div class={styles.pair}>
        <SecretField
          label={text.share.password}
          hint={text.share.password_hint}
          autocomplete="new-password"
          isOptional
          value={typed.password}
          onValue={(password) => setTyped({ ...typed, password })}
        />
        <Field
          label={text.share.expiry}
          hint={text.share.expiry_hint}
          error={problem?.field === "share.expire_time" ? problem.message : undefined}
        >
          {(wiring) => (
            <input {...wiring} type="date" min={tomorrow()} value={typed.lastDay} onInput={set("lastDay")} />
          )}
        </Field>
      </div>
      {create.error && problem?.field !== "share.expire_time" && <ProblemView error={create.error} />}
      <div>
        <Button kind="primary" type="submit" icon="plus" disabled={create.isPending}>
          {text.share.create}
        </Button>
      </div>
    </form>
  );
}
