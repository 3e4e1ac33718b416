import type { ComponentChildren } from "preact";
import { useEffect, useErrorBoundary } from "preact/hooks";
import { useLocation } from "wouter";
import { useText } from "@/text";
import { Button } from "./button";
import { Notice } from "./notice";

// A screen that breaks leaves the frame standing; another address starts anew.
export function ErrorBoundary({ children }: { children: ComponentChildren }) {
  const text = useText();
  const [location] = useLocation();
  const [error, reset] = useErrorBoundary((caught: unknown) => console.error(caught));
  useEffect(reset, [location]);
  if (error === undefined) {
    return <>{children}</>;
  }
  // Also when a newer version was installed: the files of the one that is open are gone.
  return (
    <Notice
      tone="bad"
      role="alert"
      title={text.shell.broken}
      action={<Button onClick={() => window.location.reload()}>{text.shell.reload}</Button>}
    />
  );
}
