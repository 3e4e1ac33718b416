import { useCallerQuery } from "@/api/session";
import { signOut } from "@/sign_in/who";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Pill, Pills } from "@/ui/pill";
import { QueryView } from "@/ui/query_view";
import { Screen } from "@/ui/screen";
import { PasswordForm } from "./password_form";
import styles from "./screen.module.css";

// Who one is here, and the password.
export default function AccountScreen() {
  const text = useText();
  const caller = useCallerQuery();
  return (
    <Screen
      title={text.account.title}
      actions={<Button onClick={() => void signOut()}>{text.sign_in.sign_out}</Button>}
    >
      <QueryView query={caller}>
        {({ login, name, email, scopes, hasPassword }) => (
          <div class={styles.cards}>
            <Card title={text.account.profile}>
              <dl class={styles.facts}>
                <dt>{text.account.login}</dt>
                <dd>{login}</dd>
                <dt>{text.account.name}</dt>
                <dd>{name}</dd>
                <dt>{text.account.email}</dt>
                <dd>{email || text.account.none}</dd>
                <dt>{text.account.rights}</dt>
                <dd>
                  <Pills label={text.account.rights}>
                    {scopes.map((scope) => (
                      <Pill key={scope}>{scope}</Pill>
                    ))}
                  </Pills>
                </dd>
              </dl>
              <p class={styles.hint}>{text.account.changed_by_operator}</p>
            </Card>
            <Card title={text.account.password}>
              {hasPassword ? (
                <PasswordForm login={login} />
              ) : (
                <p>
                  {text.account.no_password} {login}"
                </p>
              )}
            </Card>
          </div>
        )}
      </QueryView>
    </Screen>
  );
}
