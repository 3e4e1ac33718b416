import { expect, test } from "vitest";
import { endOfDay, tomorrow } from "./end_of_day";

test("a day is good to its last moment", () => {
  expect(endOfDay("2026-12-31")).toEqual(new Date(2027, 0, 1));
  expect(endOfDay("2026-02-28")).toEqual(new Date(2026, 2, 1));
});

test("tomorrow is written as an input of dates writes it", () => {
  expect(tomorrow(new Date(2026, 11, 31, 23, 59))).toBe("2027-01-01");
});
