import { useRef } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import type { Listed } from "./address";
import { useLinkCount } from "./queries";
import styles from "./links.module.css";

interface PagesProps {
  listed: Listed;
  // Where the next page begins; empty: there is none.
  next: string;
  onChange: (listed: Listed) => void;
}

// From page to page. Lists have no page numbers: links come and go, and a page begins behind the last link of the one
// before.
export function Pages({ listed, next, onChange }: PagesProps) {
  const text = useText().links;
  const count = useLinkCount(listed);
  // The pages that lead to each page, as far as they were looked at since the screen was opened.
  const before = useRef(new Map<string, string>());
  const to = (page: string) => onChange({ ...listed, page });
  const previous = before.current.get(listed.page);
  return (
    <nav class={styles.pages} aria-label={text.pages}>
      <span class={styles.soft}>{count.data !== undefined && text.count(count.data)}</span>
      {listed.page && (
        <>
          <Button onClick={() => to("")}>{text.first_page}</Button>
          {previous !== undefined && <Button onClick={() => to(previous)}>{text.previous_page}</Button>}
        </>
      )}
      {next && (
        <Button
          onClick={() => {
            before.current.set(next, listed.page);
            to(next);
          }}
        >
          {text.next_page}
        </Button>
      )}
    </nav>
  );
}
