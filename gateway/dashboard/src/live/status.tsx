import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { Notice } from "@/ui/notice";
import styles from "./screen.module.css";
import type { Live } from "./use_live";

// Whether clicks come at once, and what is the matter when they do not.
export function Status({ live }: { live: Live }) {
  const text = useText();
  const format = useFormat();
  const explanation = text.live.explanations[live.state];
  return (
    <>
      <span class={styles.status} role="status" aria-label={text.live.stream}>
        <span class={styles.dot} data-state={live.state} />
        {text.live.states[live.state]}
      </span>
      <span class={styles.soft} title={format.number(live.inLastMinute)}>
        {text.live.in_last_minute(live.inLastMinute)}
      </span>
      {explanation && (
        <Notice tone={live.state === "stopped" ? "bad" : "warning"}>
          <p>{explanation}</p>
          {live.problem?.message && <p>{live.problem.message}</p>}
          {live.problem?.requestId && (
            <small>
              {text.problems.request_id} <code>{live.problem.requestId}</code>
            </small>
          )}
        </Notice>
      )}
    </>
  );
}
