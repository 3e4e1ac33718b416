import { useState } from "preact/hooks";
import { sessions } from "@/api/clients";
import { useCaller } from "@/api/session";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import styles from "./screen.module.css";

// Sign out of this browser: the page is loaded anew, so that nothing of what was shown is left.
export async function signOut(): Promise<void> {
  try {
    await sessions.deleteSession({});
  } catch {
    // Whether the session had ended already or nothing answers: the next page says it.
  }
  location.assign("/dashboard/sign-in");
}

// Who is signed in, and the way out; at the foot of the menu.
export function Who() {
  const text = useText();
  const caller = useCaller();
  const [isLeaving, setLeaving] = useState(false);
  if (!caller?.ownerId) {
    return null;
  }
  return (
    <div class={styles.who}>
      <p>
        {text.sign_in.signed_in_as} <strong>{caller.name || caller.login}</strong>
      </p>
      <Button
        size="small"
        disabled={isLeaving}
        onClick={() => {
          setLeaving(true);
          void signOut();
        }}
      >
        {text.sign_in.sign_out}
      </Button>
    </div>
  );
}
