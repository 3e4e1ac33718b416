import { useId, useState } from "preact/hooks";
import { useText } from "@/text";
import { Pill, Pills } from "@/ui/pill";
import styles from "./links.module.css";
import { useTagNames } from "./queries";

interface TagInputProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": "true" | undefined;
  tags: readonly string[];
  onChange: (tags: readonly string[]) => void;
}

const LONGEST = 64;

// Tags as pills; Enter or a comma makes one of what is typed, and known names are suggested.
export function TagInput({ tags, onChange, ...wiring }: TagInputProps) {
  const text = useText().links;
  const known = useTagNames();
  const listId = useId();
  const [typed, setTyped] = useState("");
  const add = () => {
    const tag = typed.trim();
    setTyped("");
    if (tag && !tags.includes(tag)) {
      onChange([...tags, tag]);
    }
  };
  return (
    <div class={styles.tag_input}>
      {tags.length > 0 && (
        <Pills label={text.tags}>
          {tags.map((tag) => (
            <Pill
              key={tag}
              removeLabel={text.remove_tag(tag)}
              onRemove={() => onChange(tags.filter((other) => other !== tag))}
            >
              {tag}
            </Pill>
          ))}
        </Pills>
      )}
      <input
        {...wiring}
        list={listId}
        value={typed}
        maxLength={LONGEST}
        placeholder={text.tag_hint}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (typed.trim() && (event.key === "Enter" || event.key === ",")) {
            event.preventDefault();
            add();
          } else if (event.key === "Backspace" && !typed && tags.length) {
            onChange(tags.slice(0, -1));
          }
        }}
        // What was typed and not ended counts, too.
        onBlur={add}
      />
      <datalist id={listId}>
        {known.data?.filter((name) => !tags.includes(name)).map((name) => <option key={name} value={name} />)}
      </datalist>
    </div>
  );
}
