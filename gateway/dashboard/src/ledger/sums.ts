import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { LedgerEntry } from "@proto/linkmeter/analytics/v1/stats_service_pb";

// Redirects report every few seconds; who is silent for longer is down, or cut off.
const LONGEST_SILENCE_MS = 60_000;
// Below this, clicks are on their way rather than late.
export const LATE_SECONDS = 5;

export interface Sums {
  accepted: bigint;
  stored: bigint;
  pending: bigint;
  setAside: bigint;
  dropped: bigint;
  // What is missing in the sum; anything but 0 is an error of the system.
  missing: bigint;
}

export function sumsOf(entry: LedgerEntry): Sums {
  const dropped = Object.values(entry.dropped).reduce((sum, count) => sum + count, 0n);
  const { accepted, stored, pending, setAside } = entry;
  return { accepted, stored, pending, setAside, dropped, missing: accepted - stored - pending - setAside - dropped };
}

// good: every click is where it belongs. wait: some are late or their source is silent. lost: some will not come.
export type Verdict = "good" | "wait" | "lost" | "wrong";

export function verdictOf(entry: LedgerEntry, now: number): Verdict {
  const sums = sumsOf(entry);
  if (sums.missing !== 0n) {
    return "wrong";
  }
  if (sums.dropped + sums.setAside > 0n) {
    return "lost";
  }
  return entry.lagSeconds > LATE_SECONDS || isSilent(entry, now) ? "wait" : "good";
}

// Whether an outbox has not reported for long. An import is silent by nature once it is done.
export function isSilent(entry: LedgerEntry, now: number): boolean {
  const reported = entry.lastReportTime;
  return !entry.name && reported !== undefined && now - timestampMs(reported) > LONGEST_SILENCE_MS;
}
