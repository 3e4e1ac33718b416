// Links as a file for spreadsheets.
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import type { Numbers } from "./numbers";

const HEAD = [
  "link_id",
  "short_url",
  "domain",
  "code",
  "destination",
  "title",
  "tags",
  "note",
  "archived",
  "disabled",
  "create_time",
  "expire_time",
  "clicks",
];

// One line for each link, below the names of the columns. Clicks are empty where they are not known.
export function csvOf(links: readonly Link[], numbers: Numbers | undefined): string {
  const rows = links.map((link) => [
    String(link.linkId),
    link.shortUrl,
    link.domain,
    link.code,
    link.destination,
    link.title,
    link.tags.join("|"),
    link.note,
    String(link.archived),
    String(link.disabled),
    link.createTime ? timestampDate(link.createTime).toISOString() : "",
    link.expireTime ? timestampDate(link.expireTime).toISOString() : "",
    numbers ? String(numbers.get(String(link.linkId))?.clicks ?? 0) : "",
  ]);
  return [HEAD, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

// A spreadsheet would run what begins like a formula.
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
