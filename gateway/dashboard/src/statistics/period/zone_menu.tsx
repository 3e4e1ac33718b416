import { useId, useState } from "preact/hooks";
import { useLanguage } from "@/text";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { dateFormat } from "./labels";
import { Choice, Menu } from "./menu";
import styles from "./period.module.css";
import { isTimeZone } from "./zone";

interface ZoneMenuProps {
  timeZone: string;
  // That of the reader's device.
  own: string;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  // Empty for that of the device.
  onTimeZone: (timeZone: string) => void;
}

// By which clock days and hours begin. The browser searches its own list of zones while somebody types.
export function ZoneMenu({ timeZone, own, isOpen, onOpen, onTimeZone }: ZoneMenuProps) {
  const { locale, text } = useLanguage();
  const words = text.period;
  const label = timeZone.split("/").at(-1)?.replaceAll("_", " ") ?? timeZone;
  return (
    <Menu name={words.time_zone} label={`${label} (${offsetOf(timeZone, locale)})`} isOpen={isOpen} onOpen={onOpen}>
      <ul class={styles.choices}>
        <Choice label={words.own_time_zone(own)} isChosen={timeZone === own} onChoose={() => onTimeZone("")} />
        <Choice label="UTC" isChosen={timeZone === "UTC"} onChoose={() => onTimeZone("UTC")} />
      </ul>
      <ZoneForm timeZone={timeZone} onTimeZone={onTimeZone} />
    </Menu>
  );
}

function ZoneForm({ timeZone, onTimeZone }: Pick<ZoneMenuProps, "timeZone" | "onTimeZone">) {
  const words = useLanguage().text.period;
  const [typed, setTyped] = useState(timeZone);
  const [isUnknown, setUnknown] = useState(false);
  const listId = useId();
  return (
    <form
      class={styles.days}
      onSubmit={(event) => {
        event.preventDefault();
        const zone = typed.trim();
        setUnknown(!isTimeZone(zone));
        if (isTimeZone(zone)) onTimeZone(zone);
      }}
    >
      <Field label={words.time_zone} hint={words.time_zone_hint} error={isUnknown ? words.unknown_time_zone : undefined}>
        {(wiring) => (
          <input
            {...wiring}
            list={listId}
            required
            maxLength={64}
            autocomplete="off"
            spellcheck={false}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
      </Field>
      <datalist id={listId}>
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <Button type="submit" kind="primary">
        {words.show}
      </Button>
    </form>
  );
}

// Its offset just now, for instance "GMT+1".
function offsetOf(timeZone: string, locale: string): string {
  const parts = dateFormat(locale, timeZone, { timeZoneName: "shortOffset" }).formatToParts(Date.now());
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}
