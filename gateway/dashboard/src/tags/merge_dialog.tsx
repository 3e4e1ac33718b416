import { useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemView } from "@/ui/problem_view";
import { showToast } from "@/ui/toasts";
import { useMergeTags } from "./queries";
import styles from "./tags.module.css";

interface MergeDialogProps {
  names: readonly string[];
  onClose: () => void;
  onMerged: () => void;
}

// Which of several names takes the place of all.
export function MergeDialog({ names, onClose, onMerged }: MergeDialogProps) {
  const text = useText();
  const [into, setInto] = useState(names[0] ?? "");
  const merge = useMergeTags();
  const run = () =>
    merge.mutate(
      { names, into },
      {
        onSuccess: ({ linksUpdated }) => {
          showToast({ text: text.tags.merged(linksUpdated) });
          onMerged();
        },
      },
    );
  return (
    <Dialog
      title={text.tags.merge}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button kind="primary" disabled={merge.isPending} onClick={run}>
            {text.tags.merge}
          </Button>
        </>
      }
    >
      <div class={styles.form}>
        <p>{text.tags.merge_hint}</p>
        <fieldset class={styles.colors}>
          <legend>{text.tags.merge_into}</legend>
          {names.map((name) => (
            <label key={name}>
              <input type="radio" name="into" checked={into === name} onChange={() => setInto(name)} />
              {name}
            </label>
          ))}
        </fieldset>
        {merge.error && <ProblemView error={merge.error} />}
      </div>
    </Dialog>
  );
}
