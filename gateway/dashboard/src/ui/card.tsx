import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import styles from "./card.module.css";

interface CardProps {
  title?: string;
  actions?: ComponentChildren;
  // Tables and lists go to the edges.
  isFlush?: boolean;
  children: ComponentChildren;
}

// Things that belong together, on a ground of their own.
export function Card({ title, actions, isFlush, children }: CardProps) {
  const titleId = useId();
  return (
    <section class={styles.card} aria-labelledby={title ? titleId : undefined}>
      {(title ?? actions) && (
        <div class={styles.head}>
          {title && <h2 id={titleId}>{title}</h2>}
          {actions}
        </div>
      )}
      <div class={isFlush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
