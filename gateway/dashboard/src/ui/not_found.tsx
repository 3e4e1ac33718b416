import { useText } from "@/text";
import { ButtonLink } from "./button";
import { EmptyState } from "./empty_state";
import { Screen } from "./screen";

export function NotFound() {
  const text = useText();
  return (
    <Screen title={text.shell.not_found}>
      <EmptyState
        icon="search"
        title={text.shell.not_found_hint}
        action={<ButtonLink href="/">{text.shell.to_links}</ButtonLink>}
      />
    </Screen>
  );
}
