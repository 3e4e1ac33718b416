import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { sessions } from "@/api/clients";
import { problemOf } from "@/api/errors";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { ProblemView } from "@/ui/problem_view";
import { SecretField } from "@/ui/secret_field";
import { showToast } from "@/ui/toasts";
import styles from "./screen.module.css";

const EMPTY = { old: "", fresh: "", again: "" };

// Another password for who knows the one so far.
export function PasswordForm({ login }: { login: string }) {
  const text = useText();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState(EMPTY);
  const change = useMutation({
    mutationFn: () => sessions.changePassword({ oldPassword: typed.old, newPassword: typed.fresh }),
    onSuccess: () => {
      setTyped(EMPTY);
      showToast({ text: text.account.password_changed });
      void queryClient.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const problem = change.error && problemOf(change.error);
  const differ = typed.again !== "" && typed.again !== typed.fresh;
  const set = (name: keyof typeof EMPTY) => (value: string) => {
    change.reset();
    setTyped({ ...typed, [name]: value });
  };
  return (
    <form
      class={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!differ) {
          change.mutate();
        }
      }}
    >
      {/* For programs that keep passwords: whose it is. */}
      <input type="text" name="username" autocomplete="username" value={login} readOnly hidden />
      <SecretField
        label={text.account.old_password}
        error={problem?.field === "old_password" ? text.account.old_password_wrong : undefined}
        autocomplete="current-password"
        value={typed.old}
        onValue={set("old")}
      />
      <SecretField
        label={text.account.new_password}
        hint={text.account.new_password_hint}
        error={problem?.field === "new_password" ? problem.message : undefined}
        autocomplete="new-password"
        minLength={8}
        value={typed.fresh}
        onValue={set("fresh")}
      />
      <SecretField
        label={text.account.repeat_password}
        error={differ ? text.account.passwords_differ : undefined}
        autocomplete="new-password"
        value={typed.again}
        onValue={set("again")}
      />
      {change.error && !problem?.field && <ProblemView error={change.error} />}
      <p class={styles.hint}>{text.account.other_sessions_end}</p>
      <div>
        <Button kind="primary" type="submit" disabled={change.isPending}>
          {text.account.change_password}
        </Button>
      </div>
    </form>
  );
}
