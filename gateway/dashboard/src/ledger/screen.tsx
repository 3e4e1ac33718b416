import { useText } from "@/text";
import { Screen } from "@/ui/screen";

export default function LedgerScreen() {
  const text = useText();
  return (
    <Screen title={text.ledger.title} lead={text.ledger.lead}>
      {null}
    </Screen>
  );
}
