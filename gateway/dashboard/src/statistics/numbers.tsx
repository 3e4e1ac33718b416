import type { UseQueryResult } from "@tanstack/react-query";
import { problemOf } from "@/api/errors";
import { useText } from "@/text";
import { Button, ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty_state";
import { useFormat } from "@/ui/format";
import { Notice } from "@/ui/notice";
import { ProblemView } from "@/ui/problem_view";
import { QueryView } from "@/ui/query_view";
import type { Page } from "./answer";
import { Panels } from "./breakdowns/panels";
import { usePage, useVisitors } from "./queries";
import type { Question } from "./question";
import { Series } from "./series";
import { PANELS, type DimensionName, type StatsState, isFiltered, withoutFilters } from "./state";
import styles from "./statistics.module.css";
import { Totals } from "./totals";
import type { ChangeState } from "./use_state";

const LISTED = Object.values(PANELS)
  .flat()
  .filter((tab) => tab !== "map");
// With totals and the series they are as many reports as one request takes.
const OF_MANY_LINKS: readonly DimensionName[] = LISTED.filter((name) => name !== "variant");
const OF_ONE_LINK: readonly DimensionName[] = LISTED.filter((name) => name !== "link" && name !== "domain");

interface NumbersProps {
  state: StatsState;
  change: ChangeState;
  now: number;
  hasLinks: boolean;
  isOfOneLink: boolean;
  // undefined: it is not yet known what to ask.
  question: Question | undefined;
  // Why it is not known.
  error: unknown;
}

// Totals, the chart and the lists of a question; visitors come behind them.
export function Numbers({ state, change, now, hasLinks, isOfOneLink, question, error }: NumbersProps) {
  const dimensions = isOfOneLink ? OF_ONE_LINK : OF_MANY_LINKS;
  const page = usePage(question, dimensions);
  const isThere = page.data !== undefined && !page.isPlaceholderData;
  const visitors = useVisitors(question, isThere);
  const hint = useHint(page.error);
  if (error) {
    return <ProblemView error={error} />;
  }
  return (
    <>
      <Waiting query={page} />
      <QueryView query={page} hint={hint}>
        {(data) => (
          <>
            <RawGone page={data} />
            <Card isFlush>
              <Totals state={state} change={change} page={data} visitors={visitors.data} />
              {visitors.error && <ProblemView error={visitors.error} onRetry={() => void visitors.refetch()} />}
              {question && (
                <div class={styles.series}>
                  <Series
                    {...{ state, change, now }}
                    page={data}
                    visitors={visitors.data}
                    bucket={question.bucket}
                    timeZone={question.timeZone}
                  />
                </div>
              )}
            </Card>
            {data.totals.clicks === 0 ? (
              <Nothing {...{ state, change, hasLinks }} />
            ) : (
              <Panels {...{ state, change, dimensions, hasLinks }} page={data} />
            )}
          </>
        )}
      </QueryView>
    </>
  );
}

// Said while the services have too much to do, and the question is asked again.
function Waiting({ query }: { query: UseQueryResult<Page> }) {
  const text = useText().statistics;
  const { isFetching, failureReason } = query;
  const isWaiting = isFetching && failureReason !== null && problemOf(failureReason).kind === "limited";
  return isWaiting ? <Notice role="status">{text.waiting}</Notice> : null;
}

function useHint(error: unknown): string | undefined {
  const text = useText().statistics;
  const hints: Record<string, string> = { slow: text.too_long, not_allowed: text.needs_scope };
  return error ? hints[problemOf(error).kind] : undefined;
}

function RawGone({ page }: { page: Page }) {
  const text = useText().statistics;
  const format = useFormat();
  const { rawSince, interval } = page;
  return rawSince !== null && interval && interval.start < rawSince ? (
    <Notice>{text.raw_gone(format.date(rawSince))}</Notice>
  ) : null;
}

function Nothing({ state, change, hasLinks }: Pick<NumbersProps, "state" | "change" | "hasLinks">) {
  const text = useText().statistics;
  const isAll = state.period.name === "all" && !isFiltered(state);
  if (isAll) {
    return (
      <EmptyState
        icon="statistics"
        title={text.none_yet}
        action={
          hasLinks && (
            <ButtonLink href="/links" kind="primary">
              {text.to_links}
            </ButtonLink>
          )
        }
      >
        {hasLinks && text.none_yet_hint}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="statistics"
      title={text.none_in_time}
      action={
        <>
          {isFiltered(state) && <Button onClick={() => change(withoutFilters)}>{text.filters.clear}</Button>}
          {state.period.name !== "all" && (
            <Button onClick={() => change((former) => ({ ...former, period: { name: "all" } }))}>
              {text.show_all_time}
            </Button>
          )}
        </>
      }
    >
      {text.none_in_time_hint}
    </EmptyState>
  );
}
