import { useMemo, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { useFormat } from "@/ui/format";
import { Notice } from "@/ui/notice";
import { Screen } from "@/ui/screen";
import { AllValuesDialog } from "./all_values/all_values";
import { AudienceChoice } from "./audience_choice";
import { FilterBar } from "./filters/filter_bar";
import { KeysDialog } from "./keys_dialog";
import { LinkActions } from "./link_actions";
import { addressOf } from "./names";
import { Numbers } from "./numbers";
import { PeriodPicker } from "./period/picker";
import type { Interval } from "./period/props";
import { useFirstClick, useLinks, useTagged } from "./queries";
import { type Scope, questionOf } from "./question";
import { useShortcuts } from "./shortcuts";
import styles from "./statistics.module.css";
import { TagChoice } from "./tag_choice";
import { useNow, useStatsState } from "./use_state";

export interface StatisticsProps {
  // The one link that it is about. Default: all links of the account.
  linkId?: bigint;
  // True for who was shown one link and is nobody here: nothing leads to other links, and nothing can be changed.
  isShared?: boolean;
  // The heading, where the link itself may not be asked for.
  title?: string;
}

// Statistics of one link or of all: all that the reader chose is in the address.
export function StatisticsView({ linkId, isShared = false, title }: StatisticsProps) {
  const text = useText().statistics;
  const format = useFormat();
  const now = useNow();
  const [state, change] = useStatsState();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [daysAsked, setDaysAsked] = useState(0);
  const hasLinks = !isShared;
  const tag = linkId === undefined && hasLinks ? state.tag : "";
  const tagged = useTagged(tag);
  const scope = useMemo<Scope>(
    () => ({ linkId, tagged: tag === "" ? undefined : (tagged.data?.ids ?? []) }),
    [linkId, tag, tagged.data],
  );
  const isReady = tag === "" || tagged.data !== undefined;
  const isOpen = state.period.name === "all";
  const unbounded = useMemo(() => questionOf(state, scope, now, undefined), [state, scope, now]);
  const first = useFirstClick(unbounded, isOpen && isReady);
  const firstClick = isOpen ? (first.data ?? undefined) : undefined;
  const question = useMemo(() => questionOf(state, scope, now, firstClick), [state, scope, now, firstClick]);
  const ids = useMemo(() => (linkId === undefined || isShared ? [] : [String(linkId)]), [linkId, isShared]);
  const link = useLinks(ids).get(String(linkId));
  useShortcuts({ change, onCustom: () => setDaysAsked((times) => times + 1), onHelp: () => setHelpOpen(true) });
  const heading = link ? addressOf(link) : title;
  const start = question.interval.start ?? firstClick;
  const interval: Interval | null = start === undefined ? null : { start, end: question.interval.end };
  return (
    <Screen
      title={heading ? text.title_of(heading) : text.title}
      lead={link?.title || undefined}
      actions={
        <>
          {linkId !== undefined && hasLinks && <LinkActions linkId={linkId} />}
          <span class={styles.help}>
            <Button kind="quiet" aria-label={text.keys.help} title={text.keys.help} onClick={() => setHelpOpen(true)}>
              ?
            </Button>
          </span>
        </>
      }
    >
      <PeriodPicker
        period={state.period}
        comparison={state.comparison}
        bucket={question.bucket}
        timeZone={question.timeZone}
        interval={interval}
        now={now}
        daysAsked={daysAsked}
        onPeriod={(period) => change((former) => ({ ...former, period, bucket: null }))}
        onComparison={(comparison) => change((former) => ({ ...former, comparison }))}
        onBucket={(bucket) => change((former) => ({ ...former, bucket }))}
        onTimeZone={(timeZone) => change((former) => ({ ...former, timeZone: timeZone || null }))}
      />
      <FilterBar {...{ state, change, question }} hasLinks={hasLinks && linkId === undefined}>
        <AudienceChoice audience={state.audience} change={change} />
        {linkId === undefined && hasLinks && <TagChoice tag={state.tag} change={change} />}
      </FilterBar>
      {tagged.data?.isCut && <Notice tone="warning">{text.tag_cut(format.number(tagged.data.ids.length))}</Notice>}
      <Numbers
        {...{ state, change, now, hasLinks }}
        isOfOneLink={linkId !== undefined}
        question={isReady && (!isOpen || first.data !== undefined || first.error) ? question : undefined}
        error={tagged.error}
      />
      {state.all && <AllValuesDialog all={state.all} change={change} question={question} hasLinks={hasLinks} />}
      {isHelpOpen && <KeysDialog onClose={() => setHelpOpen(false)} />}
    </Screen>
  );
}
