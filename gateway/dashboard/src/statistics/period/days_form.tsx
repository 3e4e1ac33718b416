import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import styles from "./period.module.css";
import type { Day } from "./props";
import { isDay } from "./zone";

interface DaysFormProps {
  // What the form begins with.
  from: Day;
  to: Day;
  // The last day that can be chosen.
  max: Day;
  // Whether the first field takes the focus.
  takesFocus?: boolean;
  onChoose: (from: Day, to: Day) => void;
}

// Two days by the browser's own calendar.
export function DaysForm({ from, to, max, takesFocus, onChoose }: DaysFormProps) {
  const text = useText().period;
  const [days, setDays] = useState({ from, to });
  const [isBackwards, setBackwards] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (takesFocus) first.current?.focus();
  }, [takesFocus]);
  return (
    <form
      class={styles.days}
      aria-labelledby={titleId}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isDay(days.from) || !isDay(days.to)) return;
        setBackwards(days.to < days.from);
        if (days.from <= days.to) onChoose(days.from, days.to);
      }}
    >
      <p id={titleId} class={styles.heading}>
        {text.days}
      </p>
      <Field label={text.from}>
        {(wiring) => (
          <input
            {...wiring}
            ref={first}
            type="date"
            required
            max={max}
            value={days.from}
            onInput={(event) => setDays({ ...days, from: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={text.to} error={isBackwards ? text.backwards : undefined}>
        {(wiring) => (
          <input
            {...wiring}
            type="date"
            required
            max={max}
            value={days.to}
            onInput={(event) => setDays({ ...days, to: event.currentTarget.value })}
          />
        )}
      </Field>
      <Button type="submit" kind="primary">
        {text.show}
      </Button>
    </form>
  );
}
