import { useText } from "@/text";
import { Screen } from "@/ui/screen";

export default function LiveScreen() {
  const text = useText();
  return (
    <Screen title={text.live.title} lead={text.live.lead}>
      {null}
    </Screen>
  );
}
