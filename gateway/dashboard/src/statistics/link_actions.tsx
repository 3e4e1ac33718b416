import { useText } from "@/text";
import { ButtonLink } from "@/ui/button";

// What can be done with the link whose statistics are looked at.
export function LinkActions({ linkId }: { linkId: bigint }) {
  const text = useText().statistics;
  return <ButtonLink href={`/links/${linkId}`}>{text.edit_link}</ButtonLink>;
}
