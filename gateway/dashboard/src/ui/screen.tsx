import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useText } from "@/text";
import styles from "./screen.module.css";

interface ScreenProps {
  title: string;
  // One sentence below the title.
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

// A screen: its heading, what can be done on it, and its content. It names the window, and readers begin at the heading.
export function Screen({ title, lead, actions, children }: ScreenProps) {
  const text = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${text.common.product}`;
  }, [title, text]);
  useEffect(() => {
    // Not at the first load: there, the browser's own order holds.
    if (document.documentElement.dataset.moved === "yes") {
      heading.current?.focus({ preventScroll: true });
    }
    document.documentElement.dataset.moved = "yes";
  }, []);
  return (
    <div class={styles.screen}>
      <div class={styles.head}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class={styles.actions}>{actions}</div>}
      </div>
      {lead && <p class={styles.lead}>{lead}</p>}
      {children}
    </div>
  );
}
