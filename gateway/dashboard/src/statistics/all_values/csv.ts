// Tables as CSV (RFC 4180), in UTF-8 with lines that end by CRLF.
import type { Row } from "../answer";
import type { DimensionName } from "../state";

// Values of a dimension, with a line of names: its value, what people call it, the country of a place, and its numbers.
export function csvOf(dimension: DimensionName, rows: readonly Row[], nameOf: (value: string) => string): string {
  const hasCountry = rows.some((row) => row.country);
  const head = [dimension, "name", ...(hasCountry ? ["country"] : []), "clicks", "human_clicks"];
  const lines = rows.map((row) => [
    row.value,
    nameOf(row.value),
    ...(hasCountry ? [row.country] : []),
    row.clicks,
    row.people,
  ]);
  return [head, ...lines].map((line) => `${line.map(cellOf).join(",")}\r\n`).join("");
}

// Text that a spreadsheet would take for a formula begins with an apostrophe; a number is one.
export function cellOf(value: string | number): string {
  if (typeof value === "number") {
    return String(value);
  }
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
