import type { ComponentChildren } from "preact";
import { useText } from "@/text";
import { Icon } from "./icon";
import styles from "./pill.module.css";

export type Tone = "neutral" | "accent" | "good" | "warning" | "bad";

interface PillProps {
  children: ComponentChildren;
  tone?: Tone;
  // With it, the pill has a cross; label says what it takes away, for readers.
  onRemove?: () => void;
  removeLabel?: string;
}

// A word or two about something: a state, a tag, or a filter that can be taken away.
export function Pill({ children, tone = "neutral", onRemove, removeLabel }: PillProps) {
  const text = useText();
  return (
    <span class={`${styles.pill} ${styles[tone] ?? ""}`}>
      <span class={styles.words}>{children}</span>
      {onRemove && (
        <button type="button" class={styles.remove} aria-label={removeLabel ?? text.common.remove} onClick={onRemove}>
          <Icon name="close" size={13} />
        </button>
      )}
    </span>
  );
}

// Pills beside each other, as a list.
export function Pills({ children, label }: { children: ComponentChildren; label: string }) {
  return (
    <ul role="list" class={styles.list} aria-label={label}>
      {[children].flat().map((child) => child && <li>{child}</li>)}
    </ul>
  );
}
