import { expect, test } from "vitest";
import { destinationOf, signInFor, tokenOf } from "./destination";

test("a screen is found again with its query", () => {
  const address = signInFor("/links", "tag=a&q=b c");
  expect(destinationOf(address.slice(address.indexOf("?")))).toBe("/links?tag=a&q=b c");
});

test.each(["", "?to=", "?to=//evil.example", "?to=/\\evil.example", "?to=https://evil.example", "?to=/sign-in?to=x"])(
  "%s leads to the links",
  (search) => expect(destinationOf(search)).toBe("/links"),
);

test("the token stands behind the hash", () => {
  expect(tokenOf("#token=once_abc")).toBe("once_abc");
  expect(tokenOf("")).toBe("");
});
