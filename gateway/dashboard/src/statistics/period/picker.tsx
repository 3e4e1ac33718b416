import { useEffect, useState } from "preact/hooks";
import { useLanguage } from "@/text";
import { IconButton } from "@/ui/button";
import { bucketChoices } from "./buckets";
import { ComparisonMenu } from "./comparison_menu";
import { DaysForm } from "./days_form";
import { datesLabel } from "./labels";
import { Choice, Menu } from "./menu";
import styles from "./period.module.css";
import { PERIOD_KEYS, daysOf, neighbour, samePeriod, todayOf } from "./periods";
import { BUCKETS, type Period, type PeriodPickerProps } from "./props";
import { ownTimeZone } from "./zone";
import { ZoneMenu } from "./zone_menu";

type MenuName = "period" | "comparison" | "zone";

// What time is shown, what it is compared with, in which steps, and by whose clock.
export function PeriodPicker(props: PeriodPickerProps) {
  const { period, comparison, bucket, timeZone, interval, now, daysAsked = 0 } = props;
  const { onPeriod, onComparison, onBucket, onTimeZone } = props;
  const text = useLanguage().text.period;
  const [open, setOpen] = useState<MenuName | null>(null);
  const [isAsked, setAsked] = useState(false);
  const menu = (name: MenuName) => ({
    isOpen: open === name,
    onOpen: (isOpen: boolean) => {
      setAsked(false);
      setOpen((former) => (isOpen ? name : former === name ? null : former));
    },
  });
  useEffect(() => {
    if (!daysAsked) return;
    setAsked(true);
    setOpen("period");
  }, [daysAsked]);
  const choices = interval ? bucketChoices(interval) : [bucket];
  return (
    <div class={styles.bar} role="group" aria-label={text.region}>
      <div class={styles.joined}>
        <Arrow direction={-1} {...{ period, now, timeZone, onPeriod }} />
        <PeriodMenu
          {...{ period, now, timeZone, takesFocus: isAsked }}
          {...menu("period")}
          onPeriod={(chosen) => {
            setOpen(null);
            onPeriod(chosen);
          }}
        />
        <Arrow direction={1} {...{ period, now, timeZone, onPeriod }} />
      </div>
      <ComparisonMenu
        {...{ comparison, period, interval, now, timeZone, onComparison }}
        {...menu("comparison")}
      />
      <select
        class={styles.bucket}
        aria-label={text.bucket}
        value={bucket}
        onChange={({ currentTarget }) => {
          const chosen = BUCKETS.find((each) => each === currentTarget.value);
          if (chosen) onBucket(chosen);
        }}
      >
        {BUCKETS.filter((each) => each === bucket || choices.includes(each)).map((each) => (
          <option key={each} value={each}>
            {text.buckets[each]}
          </option>
        ))}
      </select>
      <ZoneMenu
        timeZone={timeZone}
        own={ownTimeZone()}
        {...menu("zone")}
        onTimeZone={(chosen) => {
          setOpen(null);
          onTimeZone(chosen);
        }}
      />
    </div>
  );
}

interface Shown {
  period: Period;
  now: number;
  timeZone: string;
  onPeriod: (period: Period) => void;
}

function Arrow({ direction, period, now, timeZone, onPeriod }: Shown & { direction: -1 | 1 }) {
  const text = useLanguage().text.period;
  const found = neighbour(period, direction, now, timeZone);
  const isBack = direction < 0;
  return (
    <span class={isBack ? styles.back : styles.forth}>
      <IconButton
        icon="down"
        label={isBack ? text.before : text.after}
        disabled={!found}
        onClick={() => found && onPeriod(found)}
      />
    </span>
  );
}

interface PeriodMenuProps extends Shown {
  takesFocus: boolean;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}

function PeriodMenu({ period, now, timeZone, takesFocus, isOpen, onOpen, onPeriod }: PeriodMenuProps) {
  const { locale, text } = useLanguage();
  const today = todayOf(now, timeZone);
  const nameOf = (each: Period) => (each.name === "custom" || each.name === "exact" ? "" : text.period.names[each.name]);
  const label = datesLabel(period, timeZone, locale) ?? nameOf(period);
  const days = daysOf(period, today) ?? { from: today, to: today };
  return (
    <Menu name={text.period.period} label={label} isOpen={isOpen} onOpen={onOpen}>
      <ul class={styles.choices}>
        {PERIOD_KEYS.map(([key, each]) => (
          <Choice
            key={key}
            label={nameOf(each)}
            shortcut={key}
            isChosen={samePeriod(each, period)}
            onChoose={() => onPeriod(each)}
          />
        ))}
      </ul>
      <DaysForm
        from={days.from}
        to={days.to > today ? today : days.to}
        max={today}
        takesFocus={takesFocus}
        onChoose={(from, to) => onPeriod({ name: "custom", from, to })}
      />
    </Menu>
  );
}
