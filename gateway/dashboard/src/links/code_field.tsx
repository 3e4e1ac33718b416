import { CodeState } from "@proto/linkmeter/links/v1/link_service_pb";
import { useEffect, useState } from "preact/hooks";
import { useText } from "@/text";
import { Field } from "@/ui/field";
import type { Values } from "./form";
import { useCodeCheck } from "./queries";

interface CodeFieldProps {
  values: Values;
  // What the service said when the link was to be created.
  error: string | undefined;
  onChange: (code: string) => void;
}

const PAUSE_MS = 250;

// The code of a new link, checked while it is typed.
export function CodeField({ values, error, onChange }: CodeFieldProps) {
  const text = useText().links;
  const code = useSettled(values.code.trim(), PAUSE_MS);
  const check = useCodeCheck(values.domain, code);
  const answer = check.data;
  const isCurrent = code === values.code.trim() && answer !== undefined;
  const isFree = isCurrent && answer.state === CodeState.AVAILABLE;
  // Words of the service for what is wrong with it; of ours for what is common.
  const refusal =
    isCurrent && !isFree
      ? answer.state === CodeState.TAKEN
        ? text.code_taken
        : answer.state === CodeState.RESERVED
          ? text.code_reserved
          : text.code_invalid
      : undefined;
  const hint = isFree ? text.code_free : text.hints.code;
  return (
    <Field label={text.fields.code} hint={hint} error={error ?? refusal}>
      {(wiring) => (
        <input
          {...wiring}
          value={values.code}
          maxLength={64}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

// A value once it has not changed for so long.
function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
