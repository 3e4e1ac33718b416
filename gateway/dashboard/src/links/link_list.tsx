import type { UseQueryResult } from "@tanstack/react-query";
import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import type { RefObject } from "preact";
import { useText } from "@/text";
import { ProblemView } from "@/ui/problem_view";
import type { Listed } from "./address";
import { LinkRow } from "./link_row";
import styles from "./links.module.css";
import type { Numbers } from "./numbers";

interface LinkListProps {
  listRef: RefObject<HTMLOListElement | null>;
  links: readonly Link[];
  numbers: UseQueryResult<Numbers>;
  // By id as text.
  chosen: ReadonlyMap<string, Link>;
  onChoose: (chosen: ReadonlyMap<string, Link>) => void;
  onFilter: (filter: Partial<Listed>) => void;
  hrefOf: (id: bigint) => string;
}

// The links of a page, each with its clicks. When these cannot be told, the links are there all the same.
export function LinkList({ listRef, links, numbers, chosen, onChoose, onFilter, hrefOf }: LinkListProps) {
  const text = useText().links;
  const isAllChosen = links.every((link) => chosen.has(String(link.linkId)));
  const choose = (changed: readonly Link[], isChosen: boolean) => {
    const next = new Map(chosen);
    for (const link of changed) {
      if (isChosen) {
        next.set(String(link.linkId), link);
      } else {
        next.delete(String(link.linkId));
      }
    }
    onChoose(next);
  };
  return (
    <>
      {numbers.error && (
        <ProblemView error={numbers.error} hint={text.no_numbers} onRetry={() => void numbers.refetch()} />
      )}
      <div class={styles.list_head}>
        <label class={styles.check}>
          <input
            type="checkbox"
            checked={isAllChosen}
            onChange={(event) => choose(links, event.currentTarget.checked)}
          />
          {text.choose_all}
        </label>
        <span class={styles.soft}>{text.last_days}</span>
        <span class={styles.soft}>{text.clicks}</span>
      </div>
      <ol ref={listRef} role="list" aria-label={text.list}>
        {links.map((link) => (
          <LinkRow
            key={String(link.linkId)}
            link={link}
            href={hrefOf(link.linkId)}
            numbers={numbers.data}
            isChosen={chosen.has(String(link.linkId))}
            onChoose={(isChosen) => choose([link], isChosen)}
            onFilter={onFilter}
          />
        ))}
      </ol>
    </>
  );
}
