import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "wouter";
import { useText } from "@/text";
import { ButtonLink } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { Screen } from "@/ui/screen";
import { Skeleton } from "@/ui/skeleton";
import styles from "./screen.module.css";
import { useSignIn } from "./use_sign_in";

// Where the provider of the single sign-on sends browsers back to, with code and state or with an error.
export default function OidcScreen() {
  const text = useText();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const [answer] = useState(() => new URLSearchParams(location.search));
  const isRefused = !answer.get("code");
  const { failure, signIn } = useSignIn(() => {
    queryClient.clear();
    navigate("/links", { replace: true });
  });
  useEffect(() => {
    history.replaceState(history.state, "", location.pathname);
    if (!isRefused) {
      const value = { code: answer.get("code") ?? "", state: answer.get("state") ?? "" };
      void signIn({ case: "oidc", value });
    }
    // Once, however often this is drawn: the answer does not change.
  }, []);
  const title = isRefused || failure ? text.sign_in.oidc_failed : text.sign_in.once_title;
  return (
    <div class={styles.box}>
      <Screen title={title}>
        {isRefused || failure ? (
          <Notice
            tone="bad"
            role="alert"
            title={failure || answer.get("error_description") || answer.get("error") || text.sign_in.failed}
            action={<ButtonLink href="/sign-in">{text.sign_in.title}</ButtonLink>}
          >
            <p>{text.sign_in.oidc_failed_hint}</p>
          </Notice>
        ) : (
          <Skeleton lines={3} />
        )}
      </Screen>
    </div>
  );
}
