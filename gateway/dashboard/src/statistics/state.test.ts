import { describe, expect, it } from "vitest";
import { type StatsState, queryOf, stateOf, withFilter, withValue } from "./state";

const CHOSEN: StatsState = {
  period: { name: "custom", from: "2026-02-28", to: "2026-03-01" },
  comparison: { name: "year", matchWeekday: true },
  bucket: "hour",
  timeZone: "Asia/Kathmandu",
  metric: "visitors",
  audience: "mail_scanner",
  filters: [
    { dimension: "referrer", operator: "not_contains", values: ["a,b\\,c", "", "<b>&=%"] },
    { dimension: "link", operator: "is", values: ["9223372036854775807"] },
  ],
  tag: "spring, summer",
  tabs: { links: "domain", sources: "utm_term", places: "city", devices: "os" },
  all: { dimension: "city", search: "+x y", page: 3, sort: "people" },
};

describe("what an address keeps", () => {
  it("reads what it wrote", () => {
    expect(stateOf(queryOf(CHOSEN))).toEqual(CHOSEN);
  });

  it("is empty where nothing was chosen", () => {
    expect(queryOf(stateOf(""))).toBe("");
    expect(stateOf("").comparison).toEqual({ name: "previous", matchWeekday: false });
  });

  it("says that nothing is compared, which is not the default", () => {
    const state: StatsState = { ...stateOf(""), comparison: { name: "off" } };
    expect(stateOf(queryOf(state))).toEqual(state);
  });

  it.each([
    "f=colour,is,red",
    "f=country,resembles,DE",
    "f=country,is",
    "f=link,is,abc",
    "f=link,is,9223372036854775808",
    "metric=money",
    "who=nobody",
    "sources=os",
    "all=colour&q=x",
    "tz=Mars/Olympus",
    "period=custom&from=2026-02-30&to=2026-03-01",
  ])("passes over what makes no sense: %s", (query) => {
    expect(stateOf(query)).toEqual(stateOf(""));
  });
});

describe("a click on a row", () => {
  it("takes the place of the value before, and leaves other conditions alone", () => {
    const other = { dimension: "country", operator: "is_not", values: ["FR"] } as const;
    const before = withFilter(withValue(stateOf(""), "country", "DE"), 1, other);
    expect(withValue(before, "country", "CH").filters).toEqual([
      other,
      { dimension: "country", operator: "is", values: ["CH"] },
    ]);
  });

  it("means clicks without a value, too", () => {
    const [filter] = withValue(stateOf(""), "referrer_host", "").filters;
    expect(filter?.values).toEqual([""]);
  });
});
