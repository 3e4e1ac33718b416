import type { ComponentChildren, JSX } from "preact";
import { Link } from "wouter";
import styles from "./button.module.css";
import { Icon, type IconName } from "./icon";

interface Look {
  // primary: the one thing that this place is for. danger: destroys something.
  kind?: "plain" | "primary" | "quiet" | "danger";
  size?: "normal" | "small";
  icon?: IconName;
}

function classOf({ kind = "plain", size = "normal" }: Look, isIconOnly: boolean): string {
  const names = [styles.button, styles[kind], size === "small" && styles.small, isIconOnly && styles.icon_only];
  return names.filter(Boolean).join(" ");
}

type ButtonProps = Look & Omit<JSX.IntrinsicElements["button"], "size" | "class" | "icon">;

// A button; type is "button" unless said otherwise, so that it sends no form by accident.
export function Button({ kind, size, icon, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} class={classOf({ kind, size }, children === undefined)}>
      {icon && <Icon name={icon} size={size === "small" ? 15 : 17} />}
      {children}
    </button>
  );
}

type IconButtonProps = Omit<ButtonProps, "children" | "aria-label"> & { icon: IconName; label: string };

// A button without words; label is what a reader hears, and what is shown on hovering.
export function IconButton({ label, ...rest }: IconButtonProps) {
  return <Button {...rest} aria-label={label} title={label} />;
}

// A link that looks like a button, to a screen.
export function ButtonLink({ href, children, ...look }: Look & { href: string; children: ComponentChildren }) {
  return (
    <Link href={href} className={classOf(look, false)}>
      {look.icon && <Icon name={look.icon} size={17} />}
      {children}
    </Link>
  );
}
