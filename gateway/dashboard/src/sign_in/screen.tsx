import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter";
import icon from "@/icon.svg";
import { useText } from "@/text";
import { Card } from "@/ui/card";
import { Choices } from "@/ui/choices";
import { Notice } from "@/ui/notice";
import { Screen } from "@/ui/screen";
import { Skeleton } from "@/ui/skeleton";
import { destinationOf, tokenOf } from "./destination";
import styles from "./screen.module.css";
import { SignInForm } from "./sign_in_form";
import { useSignIn } from "./use_sign_in";

// Signing in, by an address that signs in once or by what one knows or has.
export default function SignInScreen() {
  const text = useText();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const search = useSearch();
  const goOn = () => {
    // What was asked for as somebody else, or as nobody, is forgotten.
    queryClient.clear();
    navigate(destinationOf(search), { replace: true });
  };
  const [token] = useState(() => tokenOf(location.hash));
  const once = useSignIn(goOn);
  useEffect(() => {
    if (token) {
      // Out of the address, so that nobody copies it along or goes back to it.
      history.replaceState(history.state, "", location.pathname + location.search);
      void once.signIn({ case: "oneTimeToken", value: token });
    }
    // Once, however often this is drawn: the token does not change.
  }, []);
  if (token && !once.failure) {
    return (
      <div class={styles.box}>
        <Screen title={text.sign_in.once_title}>
          <Skeleton lines={3} />
        </Screen>
      </div>
    );
  }
  return (
    <div class={styles.box}>
      <p class={styles.brand}>
        <img src={icon} width={28} height={28} alt="" />
        {text.common.product}
      </p>
      <Screen title={text.sign_in.title}>
        {once.failure && (
          <Notice tone="warning" role="alert" title={text.sign_in.once_failed}>
            <p>{text.sign_in.once_failed_hint}</p>
          </Notice>
        )}
        <Card>
          <SignInForm onDone={goOn} />
        </Card>
        <Choices />
      </Screen>
    </div>
  );
}
