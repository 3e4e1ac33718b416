import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import buttons from "./button.module.css";
import { Icon, type IconName } from "./icon";
import styles from "./menu.module.css";

interface MenuProps {
  // What a reader hears; shown beside the icon unless isIconOnly.
  label: string;
  icon?: IconName;
  isIconOnly?: boolean;
  // MenuItems, or links with the class that MenuItem has.
  children: ComponentChildren;
}

// Buttons that are shown when they are wanted: the platform's disclosure, so that Tab and Enter do what they always do.
// Escape, a choice and a click elsewhere close it.
export function Menu({ label, icon = "more", isIconOnly, children }: MenuProps) {
  const element = useRef<HTMLDetailsElement>(null);
  const close = () => element.current?.removeAttribute("open");
  useEffect(() => {
    const closeOutside = (event: Event) => {
      if (event.target instanceof Node && !element.current?.contains(event.target)) {
        close();
      }
    };
    addEventListener("pointerdown", closeOutside);
    addEventListener("focusin", closeOutside);
    return () => {
      removeEventListener("pointerdown", closeOutside);
      removeEventListener("focusin", closeOutside);
    };
  }, []);
  const look = [buttons.button, isIconOnly && buttons.quiet, isIconOnly && buttons.icon_only];
  return (
    <details
      ref={element}
      class={styles.menu}
      onKeyDown={(event) => {
        if (event.key === "Escape" && element.current?.open) {
          event.stopPropagation();
          close();
          element.current.querySelector("summary")?.focus();
        }
      }}
    >
      <summary class={look.filter(Boolean).join(" ")} aria-label={isIconOnly ? label : undefined} title={label}>
        <Icon name={icon} size={17} />
        {!isIconOnly && label}
      </summary>
      <div class={styles.panel} onClick={close}>
        {children}
      </div>
    </details>
  );
}

type MenuItemProps = Omit<JSX.IntrinsicElements["button"], "class" | "icon"> & { icon?: IconName; isDanger?: boolean };

// One thing to do.
export function MenuItem({ icon, isDanger, children, ...rest }: MenuItemProps) {
  return (
    <button type="button" {...rest} class={isDanger ? `${styles.item} ${styles.danger}` : styles.item}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </button>
  );
}
