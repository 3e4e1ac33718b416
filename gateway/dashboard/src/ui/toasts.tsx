import { useEffect, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button, IconButton } from "./button";
import styles from "./toasts.module.css";

export interface Toast {
  text: string;
  tone?: "good" | "bad";
  // For instance to undo what was done.
  action?: { label: string; run: () => void };
}

type Shown = Toast & { id: number };

const LASTS_MS = 6000;
const MOST = 3;
let shown: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<(toasts: readonly Shown[]) => void>();

function publish(toasts: readonly Shown[]): void {
  shown = toasts;
  for (const listener of listeners) {
    listener(toasts);
  }
}

// Say for some seconds that something was done. What must be read belongs onto the page instead.
export function showToast(toast: Toast): void {
  lastId += 1;
  const id = lastId;
  publish([...shown.slice(1 - MOST), { ...toast, id }]);
  setTimeout(() => hide(id), LASTS_MS);
}

function hide(id: number): void {
  publish(shown.filter((toast) => toast.id !== id));
}

// Where toasts appear; once on the page.
export function Toasts() {
  const text = useText();
  const [toasts, setToasts] = useState(shown);
  useEffect(() => {
    listeners.add(setToasts);
    return () => void listeners.delete(setToasts);
  }, []);
  return (
    <div class={styles.region} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} class={`${styles.toast} ${styles[toast.tone ?? "good"] ?? ""}`}>
          <span>{toast.text}</span>
          {toast.action && (
            <Button
              kind="quiet"
              size="small"
              onClick={() => {
                toast.action?.run();
                hide(toast.id);
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <IconButton kind="quiet" size="small" icon="close" label={text.common.close} onClick={() => hide(toast.id)} />
        </div>
      ))}
    </div>
  );
}
