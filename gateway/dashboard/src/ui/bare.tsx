import type { ComponentChildren } from "preact";
import styles from "./layout.module.css";

// The frame of a screen that stands alone: none but the room around it.
export function Bare({ children }: { children: ComponentChildren }) {
  return <main class={styles.main}>{children}</main>;
}
