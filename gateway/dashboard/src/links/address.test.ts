import { LinkOrder } from "@proto/linkmeter/links/v1/link_service_pb";
import { LinkState } from "@proto/linkmeter/links/v1/links_pb";
import { expect, test } from "vitest";
import { changed, listedOf, queryOf, requestOf } from "./address";

test("an address says the same that it was made of", () => {
  const query = "q=50%25+off&tag=a%26b&domain=go.example&state=expired&archived=yes&order=clicks&reversed=yes&page=x";
  expect(queryOf(listedOf(new URLSearchParams(query))).toString()).toBe(query);
  expect(queryOf(listedOf(new URLSearchParams())).toString()).toBe("");
});

test("what makes no sense is passed over", () => {
  const listed = listedOf(new URLSearchParams("state=odd&order=up&archived=1&what=ever"));
  expect(queryOf(listed).toString()).toBe("");
});

test("another filter begins at the first page", () => {
  const listed = listedOf(new URLSearchParams("page=x&tag=a"));
  expect(queryOf(changed(listed, { search: "b" })).toString()).toBe("q=b&tag=a");
});

test("the service is asked for just that", () => {
  const request = requestOf(listedOf(new URLSearchParams("q=+b+&state=disabled&order=code")));
  expect(request).toMatchObject({ query: "b", state: LinkState.DISABLED, orderBy: LinkOrder.CODE, archived: false });
});
