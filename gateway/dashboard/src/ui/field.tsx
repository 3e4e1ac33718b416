import type { JSX } from "preact";
import { useId } from "preact/hooks";
import styles from "./field.module.css";

interface Wiring {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": "true" | undefined;
}

export interface FieldProps {
  label: string;
  hint?: string;
  // What is wrong with what was typed.
  error?: string;
  // Gets the attributes that tie its element to the label, the hint and the error: <input {...wiring} />.
  children: (wiring: Wiring) => JSX.Element;
}

// Something to fill in, with its name above and what there is to say about it below.
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const wiring: Wiring = {
    id,
    "aria-describedby": (error ?? hint) ? noteId : undefined,
    "aria-invalid": error ? "true" : undefined,
  };
  return (
    <div class={styles.field}>
      <label class={styles.label} for={id}>
        {label}
      </label>
      {children(wiring)}
      {(error ?? hint) && (
        <p id={noteId} class={error ? styles.error : styles.hint} role={error ? "alert" : undefined}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
