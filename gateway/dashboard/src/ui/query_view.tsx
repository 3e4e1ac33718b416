import type { UseQueryResult } from "@tanstack/react-query";
import type { ComponentChildren, JSX } from "preact";
import styles from "./query_view.module.css";
import { ProblemView } from "./problem_view";
import { Skeleton } from "./skeleton";

interface QueryViewProps<T> {
  query: UseQueryResult<T>;
  // Default: lines.
  skeleton?: JSX.Element;
  // What works all the same when this does not.
  hint?: string;
  children: (data: T) => ComponentChildren;
}

// What a query answered; a skeleton until then, and what went wrong. Data that is there stays in sight while it is asked
// for anew, and when that fails.
export function QueryView<T>({ query, skeleton, hint, children }: QueryViewProps<T>) {
  const problem = query.error && (
    <ProblemView error={query.error} hint={hint} onRetry={() => void query.refetch()} />
  );
  if (query.data === undefined) {
    return problem ?? skeleton ?? <Skeleton />;
  }
  return (
    <div class={query.isPlaceholderData ? styles.stale : styles.fresh} aria-busy={query.isPlaceholderData}>
      {problem}
      {children(query.data)}
    </div>
  );
}
