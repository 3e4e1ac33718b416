import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type Link as LinkMessage, LinkState } from "@proto/linkmeter/links/v1/links_pb";
import { Link } from "wouter";
import { Sparkline } from "@/statistics/sparkline";
import { useText } from "@/text";
import { CopyButton } from "@/ui/copy_button";
import { useFormat } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { Pill, type Tone } from "@/ui/pill";
import type { Listed, StateName } from "./address";
import styles from "./links.module.css";
import { NO_CLICKS, type Numbers } from "./numbers";

interface LinkRowProps {
  link: LinkMessage;
  // Where it is opened.
  href: string;
  numbers: Numbers | undefined;
  isChosen: boolean;
  onChoose: (isChosen: boolean) => void;
  onFilter: (filter: Partial<Listed>) => void;
}

// States that a reader should see; an active link has none to speak of.
const STATES: Partial<Record<LinkState, { name: StateName; tone: Tone }>> = {
  [LinkState.DISABLED]: { name: "disabled", tone: "warning" },
  [LinkState.SCHEDULED]: { name: "scheduled", tone: "accent" },
  [LinkState.EXPIRED]: { name: "expired", tone: "bad" },
  [LinkState.EXHAUSTED]: { name: "exhausted", tone: "bad" },
};

// One link. Its texts are whatever somebody typed, and are shown as text.
export function LinkRow({ link, href, numbers, isChosen, onChoose, onFilter }: LinkRowProps) {
  const text = useText().links;
  const format = useFormat();
  const name = link.title || `${link.domain}/${link.code}`;
  const own = numbers && (numbers.get(String(link.linkId)) ?? NO_CLICKS);
  const state = STATES[link.state];
  return (
    <li class={styles.row} data-chosen={isChosen}>
      <input
        type="checkbox"
        class={styles.box}
        aria-label={text.choose(name)}
        checked={isChosen}
        onChange={(event) => onChoose(event.currentTarget.checked)}
      />
      <div class={styles.what}>
        <Link href={href} className={styles.name} data-row>
          {name}
        </Link>
        <div class={styles.line}>
          <span class={styles.url}>
            <a href={link.shortUrl} target="_blank" rel="noreferrer">
              {link.shortUrl.replace(/^https?:\/\//, "")}{" "}
              <Icon name="external" size={13} />
            </a>
            <CopyButton value={link.shortUrl} />
          </span>
          {(state || link.hasPassword || link.archived || link.tags.length > 0) && (
            <span class={styles.labels}>
              {state && <Pill tone={state.tone}>{text.states[state.name]}</Pill>}
              {link.hasPassword && <Pill>{text.with_password}</Pill>}
              {link.archived && <Pill>{text.archived}</Pill>}
              {link.tags.map((tag) => (
                <button key={tag} type="button" class={styles.tag} onClick={() => onFilter({ tag })} title={text.only_tag(tag)}>
                  {tag}
                </button>
              ))}
            </span>
          )}
        </div>
        <span class={styles.destination} title={link.destination}>
          {link.destination}
        </span>
      </div>
      <div class={styles.picture}>{own && <Sparkline values={own.days} label={text.last_days} />}</div>
      <div class={styles.numbers}>
        <Link href={`/statistics?f=link,is,${link.linkId}`} className={styles.clicks} title={text.to_statistics(name)}>
          {own ? format.number(own.clicks) : "–"}
          <span class="visually-hidden"> {text.clicks}</span>
        </Link>
        <span class={styles.soft}>
          {own?.lastClick
            ? text.last_click(format.relative(own.lastClick))
            : link.createTime && text.created(format.date(timestampDate(link.createTime)))}
        </span>
      </div>
    </li>
  );
}
