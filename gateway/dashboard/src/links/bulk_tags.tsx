import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import styles from "./links.module.css";
import type { BatchChange } from "./queries";
import { TagInput } from "./tag_input";

interface BulkTagsProps {
  links: readonly Link[];
  onClose: () => void;
  onRun: (change: BatchChange) => void;
}

// Which tags the chosen links get, and which they lose.
export function BulkTags({ links, onClose, onRun }: BulkTagsProps) {
  const text = useText();
  const [added, setAdded] = useState<readonly string[]>([]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const carried = [...new Set(links.flatMap((link) => link.tags))].sort();
  return (
    <Dialog
      title={text.links.change_tags}
      onClose={onClose}
      keepsOnOutsideClick={added.length + removed.length > 0}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button
            kind="primary"
            disabled={added.length + removed.length === 0}
            onClick={() => onRun({ addTags: [...added], removeTags: [...removed] })}
          >
            {text.common.save}
          </Button>
        </>
      }
    >
      <div class={styles.form}>
        <Field label={text.links.add_tags}>
          {(wiring) => <TagInput {...wiring} tags={added} onChange={setAdded} />}
        </Field>
        {carried.length > 0 && (
          <fieldset class={styles.options}>
            <legend>{text.links.remove_tags}</legend>
            {carried.map((tag) => (
              <label key={tag} class={styles.check}>
                <input
                  type="checkbox"
                  checked={removed.includes(tag)}
                  disabled={added.includes(tag)}
                  onChange={(event) =>
                    setRemoved(event.currentTarget.checked ? [...removed, tag] : removed.filter((other) => other !== tag))
                  }
                />
                {tag}
              </label>
            ))}
          </fieldset>
        )}
      </div>
    </Dialog>
  );
}
