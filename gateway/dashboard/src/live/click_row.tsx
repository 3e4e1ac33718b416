import { Link } from "wouter";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { Pill } from "@/ui/pill";
import type { LiveClick } from "./click";
import type { FilterName } from "./filters";
import styles from "./screen.module.css";

interface ClickRowProps {
  click: LiveClick;
  // The reader wants only clicks with this value.
  onFilter: (name: FilterName, value: string) => void;
}

// One click. Everything in it came from whoever clicked, and is shown as text.
export function ClickRow({ click, onFilter }: ClickRowProps) {
  const text = useText();
  const format = useFormat();
  const value = (name: FilterName, shown: string) => (
    <button type="button" class={styles.value} title={text.live.only(shown)} onClick={() => onFilter(name, click[name])}>
      {shown}
    </button>
  );
  const place = [click.country && format.country(click.country), click.city].filter(Boolean).join(", ");
  const agent = [click.browser, click.os].filter(Boolean).join(" · ");
  return (
    <li class={styles.row}>
      <time class={styles.time} dateTime={new Date(click.time).toISOString()} title={format.date_time(click.time)}>
        {format.time(click.time)}
      </time>
      <Link href={`/statistics?link=${click.link}`} className={styles.link} title={`${click.domain}/${click.code}`}>
        /{click.code}
      </Link>
      <span>{value("country", place || text.live.unknown_place)}</span>
      <span>{value("referrer", click.referrer || text.live.direct)}</span>
      <span>{value("browser", agent || text.live.unknown_agent)}</span>
      <span class={styles.kind}>
        {click.class && click.class !== "person" && <Pill>{text.live.classes[click.class]}</Pill>}
      </span>
    </li>
  );
}
