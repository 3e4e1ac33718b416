import type { Tag } from "@proto/linkmeter/links/v1/tag_service_pb";
import { useId, useState } from "preact/hooks";
import { problemOf } from "@/api/errors";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { ProblemView } from "@/ui/problem_view";
import { useSaveTag } from "./queries";
import styles from "./tags.module.css";

// Colours that can be told apart, on light and dark. Programs may have chosen others.
const COLORS = ["gray", "crimson", "darkorange", "goldenrod", "seagreen", "teal", "royalblue", "violet"] as const;

// A tag: its name, which it has on all links, and its colour.
export function TagDialog({ tag, onClose }: { tag: Tag | undefined; onClose: () => void }) {
  const text = useText();
  const formId = useId();
  const [name, setName] = useState(tag?.name ?? "");
  const [color, setColor] = useState(tag?.color ?? "");
  const save = useSaveTag();
  const problem = save.error ? problemOf(save.error) : undefined;
  const isOfName = problem?.kind === "exists" || problem?.field === "tag.name" || problem?.field === "into";
  const words: Readonly<Record<string, string>> = text.tags.colors;
  return (
    <Dialog
      title={tag ? tag.name : text.tags.create}
      onClose={onClose}
      keepsOnOutsideClick={name !== (tag?.name ?? "")}
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
        class={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ tag, name: name.trim(), color }, { onSuccess: onClose });
        }}
      >
        {save.error && !isOfName && <ProblemView error={save.error} />}
        <Field label={text.tags.name} hint={tag && text.tags.rename_hint} error={isOfName ? problem?.message : undefined}>
          {(wiring) => (
            <input
              {...wiring}
              autofocus
              maxLength={64}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <fieldset class={styles.colors}>
          <legend>{text.tags.color}</legend>
          {["", ...COLORS, ...(color && !words[color] ? [color] : [])].map((each) => (
            <label key={each}>
              <input type="radio" name={`${formId}-color`} checked={color === each} onChange={() => setColor(each)} />
              <span class={styles.dot} style={{ backgroundColor: each }} aria-hidden="true" />
              {each === "" ? text.common.none : (words[each] ?? each)}
            </label>
          ))}
        </fieldset>
      </form>
    </Dialog>
  );
}
