import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { LinkSchema } from "@proto/linkmeter/links/v1/links_pb";
import { expect, test } from "vitest";
import { cell, csvOf } from "./csv";

test("cells hold what was typed, and nothing that a spreadsheet would run", () => {
  expect(cell("plain")).toBe("plain");
  expect(cell('say "hi", then\nleave')).toBe('"say ""hi"", then\nleave"');
  for (const text of ["=1+1", "+1", "-1", "@now", "\tx"]) {
    expect(cell(text)).toBe(`'${text}`);
  }
});

test("each link is a line below the names of the columns", () => {
  const link = create(LinkSchema, {
    linkId: 7n,
    shortUrl: "https://sho.rt/a",
    domain: "sho.rt",
    code: "a",
    destination: "https://example.com/",
    title: "=HYPERLINK(1)",
    tags: ["x", "y"],
    createTime: timestampFromDate(new Date(0)),
  });
  const [head, row, rest] = csvOf([link], new Map([["7", { clicks: 3, lastClick: undefined, days: [] }]])).split("\r\n");
  expect(head?.split(",").length).toBe(row?.split(",").length);
  expect(row).toBe(
    "7,https://sho.rt/a,sho.rt,a,https://example.com/,'=HYPERLINK(1),x|y,,false,false,1970-01-01T00:00:00.000Z,,3",
  );
  expect(rest).toBe("");
  expect(csvOf([link], undefined)).toMatch(/,,\r\n$/);
});
