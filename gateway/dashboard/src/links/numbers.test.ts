import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { QueryStatsResponseSchema } from "@proto/linkmeter/analytics/v1/stats_service_pb";
import { expect, test } from "vitest";
import { DAYS, numbersOf, numbersRequest } from "./numbers";

const NOW = new Date(2026, 2, 15, 12);

test("one question asks for the days of a month, and for all of time", () => {
  const request = numbersRequest([7n, 8n], NOW);
  expect(request.filters).toMatchObject([{ values: ["7", "8"] }]);
  expect(request.interval?.startTime).toEqual(timestampFromDate(new Date(2026, 1, 14)));
  expect(request.comparisonInterval?.startTime?.seconds).toBe(0n);
});

test("rows are put together by link, days without clicks are zero", () => {
  const link = { value: "7" };
  const day = (back: number, clicks: bigint) => ({
    dimensions: [link],
    bucketStartTime: timestampFromDate(new Date(2026, 2, 15 - back)),
    metrics: [clicks],
  });
  const answer = create(QueryStatsResponseSchema, {
    results: [{ rows: [day(29, 2n), day(0, 3n)] }, { rows: [] }],
    comparisonResults: [{}, { rows: [{ dimensions: [link], metrics: [9n, 1_700_000_000n] }] }],
  });
  const own = numbersOf(answer, NOW).get("7");
  expect(own?.clicks).toBe(9);
  expect(own?.lastClick).toEqual(new Date(1_700_000_000_000));
  expect(own?.days).toHaveLength(DAYS);
  expect([own?.days[0], own?.days[DAYS - 1], own?.days[5]]).toEqual([2, 3, 0]);
});
