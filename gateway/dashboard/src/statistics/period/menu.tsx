import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import buttons from "@/ui/button.module.css";
import { Icon } from "@/ui/icon";
import styles from "./period.module.css";

interface MenuProps {
  // What it chooses, for readers.
  name: string;
  // What is chosen.
  label: string;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  children: ComponentChildren;
}

// A button that shows what it chooses from beneath itself. It closes by Escape, a press elsewhere, or when the focus leaves.
export function Menu({ name, label, isOpen, onOpen, children }: MenuProps) {
  const root = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panelId = useId();
  const [isAtEnd, setAtEnd] = useState(false);
  useEffect(() => {
    if (!isOpen) return undefined;
    const box = root.current?.getBoundingClientRect();
    const width = panel.current?.offsetWidth ?? 0;
    setAtEnd(box !== undefined && box.left + width > document.documentElement.clientWidth - 8);
    const close = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) onOpen(false);
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, [isOpen]);
  return (
    <div
      ref={root}
      class={styles.menu}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        onOpen(false);
        button.current?.focus();
      }}
      onFocusOut={({ relatedTarget, currentTarget }) => {
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) onOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        class={buttons.button}
        aria-expanded={isOpen}
        aria-controls={isOpen ? panelId : undefined}
        onClick={() => onOpen(!isOpen)}
      >
        <span class="visually-hidden">{name}: </span>
        <span class={styles.label}>{label}</span>
        <Icon name="down" size={15} />
      </button>
      {isOpen && (
        <div ref={panel} id={panelId} class={`${styles.panel} ${isAtEnd ? styles.at_end : ""}`}>
          {children}
        </div>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  isChosen: boolean;
  // The key that chooses it from anywhere on the screen.
  shortcut?: string;
  onChoose: () => void;
}

// One line of a menu.
export function Choice({ label, isChosen, shortcut, onChoose }: ChoiceProps) {
  return (
    <li>
      <button
        type="button"
        class={styles.choice}
        aria-pressed={isChosen}
        aria-keyshortcuts={shortcut}
        onClick={onChoose}
      >
        {label}
        {shortcut && <kbd aria-hidden="true">{shortcut.toUpperCase()}</kbd>}
      </button>
    </li>
  );
}
