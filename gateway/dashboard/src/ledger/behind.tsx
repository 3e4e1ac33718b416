import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { Notice } from "@/ui/notice";
import { useLedger } from "./queries";
import { LATE_SECONDS } from "./sums";

// Says on every screen that the newest clicks are not counted yet; to who may read the ledger.
export function Behind() {
  const text = useText();
  const format = useFormat();
  const { data, isError } = useLedger();
  const total = data?.total;
  if (isError || !total || total.lagSeconds <= LATE_SECONDS) {
    return null;
  }
  return (
    <Notice tone="warning" role="status">
      <p>{text.ledger.behind(format.duration(total.lagSeconds), total.pending)}</p>
    </Notice>
  );
}
