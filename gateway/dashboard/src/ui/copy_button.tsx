import { useEffect, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "./button";
import { showToast } from "./toasts";

const SHOWN_MS = 2000;

interface CopyButtonProps {
  value: string;
  // What it says. Default: a sign only, and "Copy" for readers.
  children?: string;
}

// Copies a text; says so on itself and to readers.
export function CopyButton({ value, children }: CopyButtonProps) {
  const text = useText();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) {
      return;
    }
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await copyText(value);
      setCopied(true);
    } catch {
      showToast({ tone: "bad", text: text.common.copy_failed });
    }
  };
  const label = isCopied ? text.common.copied : text.common.copy;
  return (
    <Button
      kind="quiet"
      size="small"
      icon={isCopied ? "check" : "copy"}
      aria-label={children === undefined || isCopied ? label : undefined}
      title={label}
      onClick={() => void copy()}
    >
      {children}
    </Button>
  );
}

// Copy a text. Where the page has no secure connection, browsers offer only the old way.
export async function copyText(value: string): Promise<void> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(value);
  }
  const area = document.createElement("textarea");
  area.value = value;
  area.className = "visually-hidden";
  // A modal dialog takes the focus from what lies outside it.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  const before = document.activeElement;
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) {
    before.focus();
  }
  if (!isDone) {
    throw new Error("the browser does not copy");
  }
}
