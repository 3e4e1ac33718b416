// Values of dimensions in words.
import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import type { Text } from "@/text/en";
import type { Format } from "@/ui/format";
import type { DimensionName } from "./state";

export interface Namer {
  // The value as people call it.
  name: (dimension: DimensionName, value: string) => string;
}

// What is known of the reader's language and of links.
interface Known {
  text: Text;
  format: Format;
  links: ReadonlyMap<string, Link>;
}

// Dimensions whose values are codes that the page has words for: searched here, by those words.
export const NAMED: ReadonlySet<DimensionName> = new Set([
  "country",
  "continent",
  "language",
  "device_type",
  "click_class",
]);
const DIRECT: ReadonlySet<DimensionName> = new Set(["referrer", "referrer_host"]);
const NONE: ReadonlySet<DimensionName> = new Set([
  "social_network",
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "utm_term",
  "utm_content",
  "variant",
]);

export function namerOf({ text, format, links }: Known): Namer {
  const words = text.statistics;
  const name = (dimension: DimensionName, value: string): string => {
    if (value === "") {
      const empty = DIRECT.has(dimension) ? "direct" : NONE.has(dimension) ? "none" : "unknown";
      return words.empty_values[empty];
    }
    switch (dimension) {
      case "link":
        return linkName(links.get(value)) ?? `#${value}`;
      case "country":
        return format.country(value);
      case "language":
        return format.language(value);
      case "continent":
        return wordOf(words.continents, value);
      case "device_type":
        return wordOf(words.devices, value);
      case "click_class":
        return wordOf(words.classes, value);
      default:
        return value;
    }
  };
  return { name };
}

export function linkName(link: Link | undefined): string | undefined {
  return link && (link.title || addressOf(link));
}

// The short address without its scheme.
export function addressOf(link: Link): string {
  return link.shortUrl.replace(/^https?:\/\//, "");
}

function wordOf(words: Record<string, string>, value: string): string {
  return Object.hasOwn(words, value) ? (words[value] ?? value) : value;
}
