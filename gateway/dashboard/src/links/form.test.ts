import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { LinkSchema } from "@proto/linkmeter/links/v1/links_pb";
import { expect, test } from "vitest";
import { changedNames, draftOf, nameOfField, updateOf, valuesOf } from "./form";

const LINK = create(LinkSchema, {
  linkId: 7n,
  domain: "sho.rt",
  code: "abc",
  destination: "https://example.com/",
  tags: ["x"],
  redirectStatus: 302,
  privateStats: true,
  hasPassword: true,
  // Half a second is more than a form can hold; nothing changes by looking.
  expireTime: timestampFromDate(new Date(1_900_000_000_500)),
  etag: "e1",
});

test("who changes nothing updates nothing", () => {
  const values = valuesOf(LINK);
  expect(changedNames(values, valuesOf(LINK))).toEqual([]);
  expect(updateOf(values, values, 7n, "e1")).toBeUndefined();
});

test("an update names what was changed, and the version that it was changed of", () => {
  const before = valuesOf(LINK);
  const after = { ...before, title: " New ", tags: ["x", "y"], maxClicks: "5", indexable: "no" as const };
  const update = updateOf(before, after, 7n, "e1");
  expect(update?.updateMask).toEqual({ paths: ["title", "tags", "max_clicks", "indexable"] });
  expect(update?.link).toMatchObject({ linkId: 7n, etag: "e1", title: "New", maxClicks: 5n, indexable: false });
});

test("a password is set, taken away, or left as it is", () => {
  const before = valuesOf(LINK);
  expect(updateOf(before, { ...before, password: "secret" }, 7n, "")?.link).toMatchObject({ password: "secret" });
  const gone = updateOf(before, { ...before, password: "typed", removesPassword: true }, 7n, "");
  expect(gone?.link).toMatchObject({ password: "" });
  expect(gone?.updateMask).toEqual({ paths: ["password"] });
});

test("times are of the reader's zone, and come back as they were", () => {
  const values = { ...valuesOf(LINK), validFrom: "2026-03-01T12:00:00" };
  expect(draftOf(values).validFromTime).toEqual(timestampFromDate(new Date("2026-03-01T12:00:00")));
  const again = create(LinkSchema, draftOf(values));
  expect(valuesOf(again).validFrom).toBe("2026-03-01T12:00:00");
});

test("errors find the field that they are about", () => {
  expect(nameOfField("link.destination")).toBe("destination");
  expect(nameOfField("link.expire_time")).toBe("expire");
  expect(nameOfField("link.code")).toBe("code");
  expect(nameOfField("page_token")).toBeUndefined();
});
