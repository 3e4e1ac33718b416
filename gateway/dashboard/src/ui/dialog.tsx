import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useText } from "@/text";
import { IconButton } from "./button";
import styles from "./dialog.module.css";

interface DialogProps {
  title: string;
  // Called when the reader wants it gone: by Escape, the cross, or a click beside it.
  onClose: () => void;
  children: ComponentChildren;
  // Buttons at the bottom, which stay in sight while the rest scrolls.
  footer?: ComponentChildren;
  isWide?: boolean;
  // What was typed is not thrown away by a click beside the dialog.
  keepsOnOutsideClick?: boolean;
}

// The platform's modal dialog: it keeps the focus, and gives it back. It is open as long as it is rendered.
export function Dialog({ title, onClose, children, footer, isWide, keepsOnOutsideClick }: DialogProps) {
  const text = useText();
  const element = useRef<HTMLDialogElement>(null);
  const isGone = useRef(false);
  const beganOutside = useRef(false);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      isGone.current = true;
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={isWide ? `${styles.dialog} ${styles.wide}` : styles.dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // A browser closes it by itself when Escape is pressed once more.
      onClose={() => !isGone.current && onClose()}
      // The backdrop belongs to the dialog; all that is inside has elements of its own. Who selects text and lets go
      // outside wants to keep it.
      onPointerDown={(event) => {
        beganOutside.current = event.target === element.current;
      }}
      onClick={(event) => {
        if (event.target === element.current && beganOutside.current && !keepsOnOutsideClick) {
          onClose();
        }
      }}
    >
      <div class={styles.head}>
        <h2 id={titleId}>{title}</h2>
        <IconButton kind="quiet" icon="close" label={text.common.close} onClick={onClose} />
      </div>
      <div class={styles.body}>{children}</div>
      {footer && <div class={styles.foot}>{footer}</div>}
    </dialog>
  );
}
