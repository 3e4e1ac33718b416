import { useMemo } from "preact/hooks";
import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { type Namer, namerOf } from "./names";

// Words for values, in the reader's language, with what is known of links.
export function useNamer(links: ReadonlyMap<string, Link>): Namer {
  const text = useText();
  const format = useFormat();
  return useMemo(() => namerOf({ text, format, links }), [text, format, links]);
}
