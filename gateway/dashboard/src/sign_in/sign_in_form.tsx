import { useQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { sessions } from "@/api/clients";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Notice } from "@/ui/notice";
import { QueryView } from "@/ui/query_view";
import { SecretField } from "@/ui/secret_field";
import styles from "./screen.module.css";
import { useSignIn } from "./use_sign_in";

interface SignInFormProps {
  onDone: () => void;
  // Whether the page may be left for a provider: not where something was typed that would be lost.
  mayLeave?: boolean;
}

// All ways in that this installation offers.
export function SignInForm({ onDone, mayLeave = true }: SignInFormProps) {
  const options = useQuery({
    queryKey: ["sign-in options"],
    queryFn: ({ signal }) => sessions.getSignInOptions({}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <QueryView query={options}>
      {({ password, oidcTitle }) => (
        <Ways hasPassword={password} oidcTitle={oidcTitle} mayLeave={mayLeave} onDone={onDone} />
      )}
    </QueryView>
  );
}

interface WaysProps extends Required<SignInFormProps> {
  hasPassword: boolean;
  oidcTitle: string;
}

function Ways({ hasPassword, oidcTitle, mayLeave, onDone }: WaysProps) {
  const text = useText();
  const [usesKey, setUsesKey] = useState(!hasPassword && !oidcTitle);
  const { isBusy, failure, signIn, goToProvider } = useSignIn(onDone);
  return (
    <div class={styles.ways}>
      {failure && <Notice tone="bad" role="alert" title={failure} />}
      {oidcTitle && (mayLeave ? (
        <Button kind={hasPassword ? "plain" : "primary"} disabled={isBusy} onClick={() => void goToProvider()}>
          {oidcTitle}
        </Button>
      ) : (
        <InNewTab />
      ))}
      {usesKey ? (
        <KeyForm isBusy={isBusy} onKey={(value) => void signIn({ case: "apiKey", value })} />
      ) : (
        hasPassword && (
          <PasswordForm
            isBusy={isBusy}
            onPassword={(login, password) => void signIn({ case: "password", value: { login, password } })}
          />
        )
      )}
      {(hasPassword || oidcTitle) && (
        <Button kind="quiet" onClick={() => setUsesKey(!usesKey)}>
          {usesKey ? text.sign_in.with_password : text.sign_in.with_key}
        </Button>
      )}
    </div>
  );
}

function InNewTab() {
  const text = useText();
  return (
    <div class={styles.ways}>
      <a href="/dashboard/sign-in" target="_blank" rel="noreferrer">
        {text.sign_in.in_new_tab}
      </a>
      <p class={styles.hint}>{text.sign_in.in_new_tab_hint}</p>
    </div>
  );
}

function PasswordForm({ isBusy, onPassword }: { isBusy: boolean; onPassword: (login: string, password: string) => void }) {
  const text = useText();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  return (
    <form
      class={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onPassword(login.trim(), password);
      }}
    >
      <Field label={text.sign_in.login}>
        {(wiring) => (
          <input
            {...wiring}
            name="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            maxLength={64}
            value={login}
            onInput={(event) => setLogin(event.currentTarget.value)}
          />
        )}
      </Field>
      <SecretField
        label={text.sign_in.password}
        name="password"
        autocomplete="current-password"
        value={password}
        onValue={setPassword}
      />
      <Button kind="primary" type="submit" disabled={isBusy}>
        {text.sign_in.submit}
      </Button>
    </form>
  );
}

function KeyForm({ isBusy, onKey }: { isBusy: boolean; onKey: (key: string) => void }) {
  const text = useText();
  const [key, setKey] = useState("");
  return (
    <form
      class={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onKey(key.trim());
      }}
    >
      <SecretField
        label={text.sign_in.api_key}
        hint={text.sign_in.key_hint}
        name="api-key"
        autocomplete="off"
        value={key}
        onValue={setKey}
      />
      <Button kind="primary" type="submit" disabled={isBusy}>
        {text.sign_in.submit}
      </Button>
    </form>
  );
}
