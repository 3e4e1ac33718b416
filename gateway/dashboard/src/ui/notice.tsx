import type { ComponentChildren } from "preact";
import { Icon } from "./icon";
import styles from "./notice.module.css";

interface NoticeProps {
  tone?: "neutral" | "good" | "warning" | "bad";
  title?: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
  // alert is said at once, status when the reader pauses. Default: neither, it was there from the beginning.
  role?: "alert" | "status";
}

// Something that the reader should know about what is on the page.
export function Notice({ tone = "neutral", title, children, action, role }: NoticeProps) {
  return (
    <div class={`${styles.notice} ${styles[tone] ?? ""}`} role={role}>
      <span class={styles.sign}>
        <Icon name={tone === "good" ? "check" : "warning"} />
      </span>
      <div class={styles.words}>
        {title && <p class={styles.title}>{title}</p>}
        {children}
      </div>
      {action && <div class={styles.action}>{action}</div>}
    </div>
  );
}
