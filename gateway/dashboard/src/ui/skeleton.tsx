import { useText } from "@/text";
import styles from "./skeleton.module.css";

// What stands where something is awaited. It shows after 200 ms only. shape: lines of text, or one block as of a chart.
export function Skeleton({ lines = 6, shape = "lines" }: { lines?: number; shape?: "lines" | "block" }) {
  const text = useText();
  return (
    <div class={styles.skeleton} role="status" data-skeleton>
      <span class="visually-hidden">{text.common.loading}</span>
      {shape === "block" ? (
        <div class={`${styles.line} ${styles.block}`} />
      ) : (
        Array.from({ length: lines }, (_, index) => <div key={index} class={styles.line} />)
      )}
    </div>
  );
}
