import type { LedgerEntry } from "@proto/linkmeter/analytics/v1/stats_service_pb";
import { useText } from "@/text";
import { Card } from "@/ui/card";
import { useFormat } from "@/ui/format";
import { Notice } from "@/ui/notice";
import styles from "./screen.module.css";
import { sumsOf, verdictOf } from "./sums";

const TONES = { good: "good", wait: "warning", lost: "warning", wrong: "bad" } as const;

// The equation of all sources, and whether it holds.
export function Total({ total, now }: { total: LedgerEntry; now: number }) {
  const text = useText();
  const format = useFormat();
  const sums = sumsOf(total);
  const verdict = verdictOf(total, now);
  const reasons = Object.entries(total.dropped).filter(([, count]) => count > 0n);
  const term = (name: "accepted" | "stored" | "pending" | "dropped" | "setAside") => (
    <div class={styles.term}>
      <span class={styles.figure}>{format.number(sums[name])}</span>
      <span class={styles.name}>{text.ledger.terms[name]}</span>
    </div>
  );
  const sign = (words: string) => (
    <span class={styles.sign} aria-hidden="true">
      {words}
    </span>
  );
  return (
    <Card>
      <div class={styles.body}>
        <Notice tone={TONES[verdict]} title={text.ledger.verdicts[verdict]}>
          <p>{text.ledger.explanations[verdict](format.duration(total.lagSeconds), sums)}</p>
        </Notice>
        <div class={styles.equation} role="group" aria-label={text.ledger.equation}>
          {term("accepted")}
          {sign("=")}
          {term("stored")}
          {sign("+")}
          {term("pending")}
          {sign("+")}
          {term("dropped")}
          {sign("+")}
          {term("setAside")}
        </div>
        {reasons.length > 0 && (
          <p class={styles.reasons}>
            {text.ledger.reasons}{" "}
            {reasons.map(([reason, count]) => `${text.ledger.reason_names[reason] ?? reason}: ${format.number(count)}`).join(", ")}
          </p>
        )}
      </div>
    </Card>
  );
}
