import { expect, test } from "vitest";
import type { LiveClick } from "./click";
import { filtersOf, passes, queryOf, withFilter } from "./filters";
import { MOST_KEPT, Recent } from "./recent";

function click(id: string, changes: Partial<LiveClick> = {}): LiveClick {
  const nothing = { domain: "", city: "", browser: "", os: "", device: "", language: "", campaign: "" };
  return { ...nothing, id, time: 0, link: "1", code: "a", country: "DE", referrer: "", class: "person", ...changes };
}

test("the newest come first, each once, and no more than fit", () => {
  const recent = new Recent();
  recent.add([click("1"), click("2")], 0);
  recent.add([click("2"), click("3")], 0);
  expect(recent.clicks.map(({ id }) => id)).toEqual(["3", "2", "1"]);
  recent.add(
    Array.from({ length: 1000 }, (_, index) => click(`x${index}`)),
    0,
  );
  expect(recent.clicks.length).toBe(MOST_KEPT);
  expect(recent.clicks[0]?.id).toBe("x999");
});

test("clicks are counted for a minute", () => {
  const recent = new Recent();
  recent.add([click("1")], 1000);
  recent.add([click("2")], 30_000);
  expect(recent.inLastMinute(31_000)).toBe(2);
  expect(recent.inLastMinute(61_500)).toBe(1);
  expect(recent.inLastMinute(120_000)).toBe(0);
});

test("filters are in the address, one of a kind, and nonsense is none", () => {
  const filters = filtersOf(new URLSearchParams("referrer=&link=1;drop&country=US&country=DE&what=x"));
  expect(filters).toEqual([
    ["country", "DE"],
    ["referrer", ""],
  ]);
  expect(filtersOf(queryOf(filters))).toEqual(filters);
  expect(passes(click("1"), filters)).toBe(true);
  expect(passes(click("1"), withFilter(filters, "class", "bot"))).toBe(false);
});
