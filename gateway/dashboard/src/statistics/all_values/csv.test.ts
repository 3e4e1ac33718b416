import { describe, expect, it } from "vitest";
import { cellOf, csvOf } from "./csv";

describe("a cell", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-x", "'-x"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ["\rx", '"\'\rx"'],
    ['say "a, b"', '"say ""a, b"""'],
    ["a\nb", '"a\nb"'],
    ["Zürich", "Zürich"],
  ])("is no formula, and one cell: %j", (text, cell) => {
    expect(cellOf(text)).toBe(cell);
  });

  it("is a number where it is one", () => {
    expect(cellOf(-5)).toBe("-5");
  });
});

it("has a line of names, and places with their country", () => {
  const rows = [{ value: "=Ohio", country: "US", place: 0, clicks: 3, people: 2 }];
  expect(csvOf("region", rows, (value) => value)).toBe(
    "region,name,country,clicks,human_clicks\r\n'=Ohio,'=Ohio,US,3,2\r\n",
  );
});
