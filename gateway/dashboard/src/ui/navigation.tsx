import { Link, useRoute } from "wouter";
import { useText } from "@/text";
import type { Text } from "@/text/en";
import { Icon, type IconName } from "./icon";
import styles from "./layout.module.css";

interface Place {
  href: string;
  // Which locations it stands for.
  pattern: string;
  icon: IconName;
  name: keyof Text["shell"]["places"];
}

const GROUPS: readonly (readonly Place[])[] = [
  [
    { href: "/links", pattern: "/links/*?", icon: "links", name: "links" },
    { href: "/statistics", pattern: "/statistics/*?", icon: "statistics", name: "statistics" },
    { href: "/live", pattern: "/live", icon: "live", name: "live" },
    { href: "/ledger", pattern: "/ledger", icon: "ledger", name: "ledger" },
  ],
  [
    { href: "/tags", pattern: "/tags", icon: "tags", name: "tags" },
    { href: "/domains", pattern: "/domains/*?", icon: "domains", name: "domains" },
    { href: "/imports", pattern: "/imports", icon: "imports", name: "imports" },
  ],
  [
    { href: "/keys", pattern: "/keys", icon: "keys", name: "keys" },
    { href: "/sessions", pattern: "/sessions", icon: "sessions", name: "sessions" },
    { href: "/account", pattern: "/account", icon: "account", name: "account" },
  ],
];

export function Navigation() {
  const text = useText();
  return (
    <nav aria-label={text.shell.navigation}>
      {GROUPS.map((places) => (
        <ul key={places[0]?.href} class={styles.group}>
          {places.map((place) => (
            <li key={place.href}>
              <Item {...place} />
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

function Item({ href, pattern, icon, name }: Place) {
  const text = useText();
  const [isHere] = useRoute(pattern);
  return (
    <Link href={href} className={styles.item} aria-current={isHere ? "page" : undefined}>
      <Icon name={icon} />
      {text.shell.places[name]}
    </Link>
  );
}
