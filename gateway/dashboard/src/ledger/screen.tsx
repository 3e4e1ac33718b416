import type { Ledger } from "@proto/linkmeter/analytics/v1/stats_service_pb";
import { problemOf } from "@/api/errors";
import { may, useCaller } from "@/api/session";
import { useText } from "@/text";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty_state";
import { QueryView } from "@/ui/query_view";
import { Screen } from "@/ui/screen";
import { useLedger } from "./queries";
import { Sources } from "./sources";
import { Total } from "./total";

// What became of every click that was accepted: the proof that none is lost in silence.
export default function LedgerScreen() {
  const text = useText();
  const caller = useCaller();
  const ledger = useLedger();
  const isRefused = !may(caller, "admin") || (ledger.error && problemOf(ledger.error).kind === "not_allowed");
  return (
    <Screen title={text.ledger.title} lead={text.ledger.lead}>
      {isRefused ? (
        <EmptyState icon="ledger" title={text.ledger.needs_admin}>
          {text.ledger.needs_admin_hint}
        </EmptyState>
      ) : (
        <QueryView query={ledger} hint={text.problems.hints.analytics}>
          {(data) => <Proof ledger={data} readAt={ledger.dataUpdatedAt} />}
        </QueryView>
      )}
    </Screen>
  );
}

function Proof({ ledger, readAt }: { ledger: Ledger; readAt: number }) {
  const text = useText();
  if (!ledger.total || ledger.entries.length === 0) {
    return (
      <EmptyState icon="ledger" title={text.ledger.nothing}>
        {text.ledger.nothing_hint}
      </EmptyState>
    );
  }
  return (
    <>
      <Total total={ledger.total} now={readAt} />
      <Card isFlush title={text.ledger.sources}>
        <Sources entries={ledger.entries} now={readAt} />
      </Card>
    </>
  );
}
