import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { LedgerEntrySchema } from "@proto/linkmeter/analytics/v1/stats_service_pb";
import { expect, test } from "vitest";
import { sumsOf, verdictOf } from "./sums";

const NOW = 1_700_000_000_000;

function entry(changes: Parameters<typeof create<typeof LedgerEntrySchema>>[1]) {
  const sums = { accepted: 10n, stored: 8n, pending: 2n };
  return create(LedgerEntrySchema, { ...sums, lastReportTime: timestampFromMs(NOW - 2000), ...changes });
}

test("clicks on their way are no reason to worry", () => {
  expect(verdictOf(entry({ lagSeconds: 0.4 }), NOW)).toBe("good");
});

test("clicks that are late wait, and so do those of an outbox that is silent", () => {
  expect(verdictOf(entry({ lagSeconds: 30 }), NOW)).toBe("wait");
  expect(verdictOf(entry({ lastReportTime: timestampFromMs(NOW - 120_000) }), NOW)).toBe("wait");
});

test("an import that is done is silent by nature", () => {
  const done = entry({ name: "yourls 1", lastReportTime: timestampFromMs(NOW - 9e9) });
  expect(verdictOf(done, NOW)).toBe("good");
});

test("what was dropped or set aside is a loss, though it adds up", () => {
  expect(verdictOf(entry({ accepted: 13n, dropped: { disk_full: 3n } }), NOW)).toBe("lost");
  expect(verdictOf(entry({ accepted: 11n, setAside: 1n }), NOW)).toBe("lost");
});

test("what is in no column makes it wrong, whatever else holds", () => {
  const wrong = entry({ accepted: 11n });
  expect(sumsOf(wrong).missing).toBe(1n);
  expect(verdictOf(wrong, NOW)).toBe("wrong");
});
