import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import styles from "./table.module.css";

interface TableProps {
  // What it shows; readers hear it, eyes see it only where isCaptionVisible.
  caption: string;
  isCaptionVisible?: boolean;
  // thead, tbody and so on. Cells of figures have the class "number".
  children: ComponentChildren;
}

// A real table. On a narrow screen it scrolls within itself, by keyboard too.
export function Table({ caption, isCaptionVisible, children }: TableProps) {
  const captionId = useId();
  return (
    <div class={styles.scroller} role="region" aria-labelledby={captionId} tabIndex={0}>
      <table class={styles.table}>
        <caption id={captionId} class={isCaptionVisible ? undefined : "visually-hidden"}>
          {caption}
        </caption>
        {children}
      </table>
    </div>
  );
}
