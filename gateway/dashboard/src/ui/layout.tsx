import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Link, useLocation } from "wouter";
import icon from "@/icon.svg";
import { Behind } from "@/ledger/behind";
import { Who } from "@/sign_in/who";
import { useText } from "@/text";
import { IconButton } from "./button";
import { Choices } from "./choices";
import styles from "./layout.module.css";
import { Navigation } from "./navigation";

const BODY_ID = "navigation";
const CONTENT_ID = "content";

// The frame of every screen: where to go on the left, on a phone behind a button, and the screen.
export function Layout({ children }: { children: ComponentChildren }) {
  const text = useText();
  const [location] = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [location]);
  useEffect(() => {
    if (!isOpen) {
      return;
    }
    const close = (event: KeyboardEvent) => event.key === "Escape" && setOpen(false);
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, [isOpen]);
  const skip = () => document.getElementById(CONTENT_ID)?.focus();
  return (
    <div class={styles.layout}>
      <a
        class={styles.skip}
        href={`#${CONTENT_ID}`}
        onClick={(event) => {
          event.preventDefault();
          skip();
        }}
      >
        {text.shell.skip}
      </a>
      <header class={styles.side}>
        <div class={styles.top}>
          <Link href="/" className={styles.brand}>
            <img src={icon} width={24} height={24} alt="" />
            {text.common.product}
          </Link>
          <span class={styles.menu_button}>
            <IconButton
              kind="quiet"
              icon={isOpen ? "close" : "menu"}
              label={isOpen ? text.shell.close_menu : text.shell.open_menu}
              aria-expanded={isOpen}
              aria-controls={BODY_ID}
              onClick={() => setOpen(!isOpen)}
            />
          </span>
        </div>
        <div id={BODY_ID} class={styles.body} data-open={isOpen ? "true" : "false"}>
          <Navigation />
          <div class={styles.foot}>
            <Who />
            <Choices />
          </div>
        </div>
      </header>
      <main id={CONTENT_ID} class={styles.main} tabIndex={-1}>
        <Behind />
        {children}
      </main>
    </div>
  );
}
