import { useLanguage } from "@/text";
import { NO_COMPARISON, comparisonInterval } from "./comparison";
import { DaysForm } from "./days_form";
import { intervalLabel } from "./labels";
import { Choice, Menu } from "./menu";
import styles from "./period.module.css";
import type { Comparison, Interval, Period } from "./props";
import { dayOf } from "./zone";

interface ComparisonMenuProps {
  comparison: Comparison;
  period: Period;
  interval: Interval | null;
  now: number;
  timeZone: string;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onComparison: (comparison: Comparison) => void;
}

// What numbers are compared with.
export function ComparisonMenu(props: ComparisonMenuProps) {
  const { comparison, period, interval, now, timeZone, isOpen, onOpen, onComparison } = props;
  const { locale, text } = useLanguage();
  const words = text.period;
  const compared = interval && comparisonInterval(comparison, period, interval, timeZone);
  const matchWeekday = comparison.name !== "off" && comparison.name !== "custom" && comparison.matchWeekday;
  const choose = (chosen: Comparison) => {
    onOpen(false);
    onComparison(chosen);
  };
  const day = (instant: number) => dayOf(instant, timeZone);
  const label =
    comparison.name === "off"
      ? words.comparisons.off
      : comparison.name === "custom"
        ? words.compared_days(compared ? intervalLabel(compared, false, timeZone, locale) : words.comparisons.custom)
        : words.compared[comparison.name];
  const days = compared ?? interval ?? { start: now - 1, end: now };
  return (
    <Menu name={words.comparison} label={label} isOpen={isOpen} onOpen={onOpen}>
      <ul class={styles.choices}>
        <Choice
          label={words.comparisons.off}
          shortcut={comparison.name === "off" ? undefined : "x"}
          isChosen={comparison.name === "off"}
          onChoose={() => choose(NO_COMPARISON)}
        />
        {(["previous", "year"] as const).map((name) => (
          <Choice
            key={name}
            label={words.comparisons[name]}
            shortcut={comparison.name === "off" && name === "previous" ? "x" : undefined}
            isChosen={comparison.name === name}
            onChoose={() => choose({ name, matchWeekday })}
          />
        ))}
      </ul>
      {(comparison.name === "previous" || comparison.name === "year") && (
        <label class={styles.check}>
          <input
            type="checkbox"
            checked={matchWeekday}
            onChange={(event) => onComparison({ ...comparison, matchWeekday: event.currentTarget.checked })}
          />
          {words.match_weekday}
        </label>
      )}
      <DaysForm
        from={day(days.start)}
        to={day(Math.max(days.end - 1, days.start))}
        max={day(now - 1)}
        onChoose={(from, to) => choose({ name: "custom", from, to })}
      />
    </Menu>
  );
}
