import type { ComponentChildren } from "preact";
import styles from "./empty_state.module.css";
import { Icon, type IconName } from "./icon";

interface EmptyStateProps {
  icon: IconName;
  title: string;
  // What to do next: a sentence, and a button or a command.
  children?: ComponentChildren;
  action?: ComponentChildren;
}

// What stands where nothing is yet. It shows the next step.
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div class={styles.empty}>
      <span class={styles.sign}>
        <Icon name={icon} size={24} />
      </span>
      <h2>{title}</h2>
      {children && <div class={styles.words}>{children}</div>}
      {action}
    </div>
  );
}
