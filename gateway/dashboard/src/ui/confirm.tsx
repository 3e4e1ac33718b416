import type { ComponentChildren } from "preact";
import { useText } from "@/text";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ProblemView } from "./problem_view";

interface ConfirmProps {
  title: string;
  // What will happen, and whether it can be taken back.
  children: ComponentChildren;
  // What the button says: the deed itself, not "OK".
  action: string;
  isBusy?: boolean;
  // What went wrong when it was tried.
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

// Asks before something is destroyed.
export function Confirm({ title, children, action, isBusy, error, onConfirm, onClose }: ConfirmProps) {
  const text = useText();
  const footer = (
    <>
      <Button onClick={onClose}>{text.common.cancel}</Button>
      <Button kind="danger" disabled={isBusy} onClick={onConfirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} footer={footer}>
      {children}
      {error !== undefined && error !== null && <ProblemView error={error} />}
    </Dialog>
  );
}
