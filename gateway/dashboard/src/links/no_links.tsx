import { useText } from "@/text";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy_button";
import { EmptyState } from "@/ui/empty_state";
import styles from "./links.module.css";

// What stands where no links are. Without a filter it is the first thing that a newcomer sees: how to make one.
export function NoLinks({ isFiltered, onCreate }: { isFiltered: boolean; onCreate: (() => void) | undefined }) {
  const text = useText().links;
  if (isFiltered) {
    return <EmptyState icon="search" title={text.none_found}>{text.none_found_hint}</EmptyState>;
  }
  const command = [
    `curl ${location.origin}/v1/links \\`,
    '  -H "Authorization: Bearer lm_..." \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '{"destination": "https://example.com/a/long/page"}'`,
  ].join("\n");
  const action = onCreate && (
    <Button kind="primary" icon="plus" onClick={onCreate}>
      {text.create_first}
    </Button>
  );
  return (
    <>
      <EmptyState icon="links" title={text.none_yet} action={action}>
        {text.none_yet_hint}
      </EmptyState>
      <figure class={styles.command}>
        <figcaption>
          {text.from_terminal} <CopyButton value={command} />
        </figcaption>
        <pre tabIndex={0}>
          <code>{command}</code>
        </pre>
      </figure>
    </>
  );
}
