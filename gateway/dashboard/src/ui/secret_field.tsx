import { Field, type FieldProps } from "./field";

interface SecretFieldProps extends Omit<FieldProps, "children"> {
  name?: string;
  // What programs that keep passwords may fill in.
  autocomplete: "off" | "current-password" | "new-password";
  isOptional?: boolean;
  minLength?: number;
  value: string;
  onValue: (value: string) => void;
}

// A password or a key: not shown while it is typed.
export function SecretField(props: SecretFieldProps) {
  const { name, autocomplete, isOptional = false, minLength, value, onValue, ...field } = props;
  return (
    <Field {...field}>
      {(wiring) => (
        <input
          {...wiring}
          type="password"
          name={name}
          autocomplete={autocomplete}
          required={!isOptional}
          minLength={minLength}
          maxLength={256}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
