import { useText } from "@/text";
import { EmptyState } from "./empty_state";
import { Screen } from "./screen";

// What stands at the address of a screen that is not there yet.
export default function Coming() {
  const text = useText();
  return (
    <Screen title={text.shell.coming}>
      <EmptyState icon="more" title={text.shell.coming_hint} />
    </Screen>
  );
}
