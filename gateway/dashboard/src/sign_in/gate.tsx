import { useQueryClient } from "@tanstack/react-query";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Redirect, useLocation, useSearch } from "wouter";
import { problemOf } from "@/api/errors";
import { type Caller, onSignedOut, useCallerQuery } from "@/api/session";
import { useText } from "@/text";
import { Dialog } from "@/ui/dialog";
import { ProblemView } from "@/ui/problem_view";
import { Skeleton } from "@/ui/skeleton";
import { signInFor } from "./destination";
import styles from "./screen.module.css";
import { SignInForm } from "./sign_in_form";

// Lets in who is signed in, and sends others to sign in first. Who is signed out later, in the middle of something, signs
// in again in a dialog above it.
export function Gate({ children }: { children: ComponentChildren }) {
  const caller = useCallerQuery();
  const [path] = useLocation();
  const search = useSearch();
  if (caller.data) {
    return (
      <>
        {children}
        <Expired caller={caller.data} />
      </>
    );
  }
  if (!caller.error) {
    return <Skeleton />;
  }
  if (problemOf(caller.error).kind === "signed_out") {
    return <Redirect to={signInFor(path, search)} replace />;
  }
  return <ProblemView error={caller.error} onRetry={() => void caller.refetch()} />;
}

function Expired({ caller }: { caller: Caller }) {
  const text = useText();
  const queryClient = useQueryClient();
  const query = useCallerQuery();
  const [isExpired, setExpired] = useState(false);
  useEffect(() => onSignedOut(() => setExpired(true)), []);

  const goOn = async () => {
    const { data, error } = await query.refetch();
    if (error || !data) {
      return;
    }
    if (data.ownerId !== caller.ownerId) {
      // Nothing of one account is shown to another.
      location.reload();
      return;
    }
    setExpired(false);
    void queryClient.invalidateQueries();
  };

  useEffect(() => {
    if (!isExpired) {
      return;
    }
    // Somebody may have signed in in another tab meanwhile.
    const look = () => void goOn();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [isExpired]);

  if (!isExpired) {
    return null;
  }
  return (
    // Who closes it can still read and copy what is there; the next call that needs a session brings it back.
    <Dialog title={text.sign_in.expired_title} onClose={() => setExpired(false)} keepsOnOutsideClick>
      <div class={styles.ways}>
        <p>{text.sign_in.expired}</p>
        <SignInForm onDone={() => void goOn()} mayLeave={false} />
      </div>
    </Dialog>
  );
}
