import type { ComponentChildren } from "preact";
import { useText } from "@/text";
import { Dialog } from "@/ui/dialog";
import { PERIOD_KEYS } from "./period/periods";
import styles from "./statistics.module.css";

// What single keys do on this screen.
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const text = useText();
  const words = text.statistics.keys;
  return (
    <Dialog title={words.title} onClose={onClose}>
      <h3>{words.periods}</h3>
      <Keys>
        {PERIOD_KEYS.map(([key, { name }]) => (
          <Key key={key} letter={key.toUpperCase()}>
            {name !== "custom" && name !== "exact" && text.period.names[name]}
          </Key>
        ))}
        <Key letter="C">{words.custom}</Key>
      </Keys>
      <h3>{words.others}</h3>
      <Keys>
        <Key letter="X">{words.compare}</Key>
        <Key letter="Esc">{words.clear}</Key>
        <Key letter="?">{words.this_help}</Key>
      </Keys>
    </Dialog>
  );
}

function Keys({ children }: { children: ComponentChildren }) {
  return <dl class={styles.keys}>{children}</dl>;
}

function Key({ letter, children }: { letter: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>
        <kbd>{letter}</kbd>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
