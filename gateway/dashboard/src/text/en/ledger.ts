import type { Sums } from "@/ledger/sums";
import { pluralIn } from "../plural";

const plural = pluralIn("en");

// What is said about the state of all sources: the age of the oldest waiting click, and the sums.
type Explanation = (lag: string, sums: Sums) => string;

export const ledger = {
  title: "Ledger",
  lead: "What became of every click that was ever accepted. Each redirect that was answered is in exactly one of these numbers.",
  equation: "accepted = stored + pending + dropped + set aside",
  sources: "Sources",
  source: "Source",
  outbox: (id: string) => `Outbox ${id}`,
  terms: { accepted: "accepted", stored: "stored", pending: "pending", dropped: "dropped", setAside: "set aside" },
  lag: "lag",
  last_report: "Last report",
  state: "State",
  verdicts: {
    good: "It adds up",
    wait: "It adds up, but clicks are waiting",
    lost: "It adds up, but some clicks were lost",
    wrong: "It does not add up",
  },
  short_verdicts: { good: "adds up", wait: "waits", lost: "lost some", wrong: "wrong" },
  explanations: {
    good: (() => "Every accepted click is stored, or on its way.") as Explanation,
    wait: ((lag, sums) =>
      `${plural(sums.pending, { one: "# click waits", other: "# clicks wait" })} in an outbox, the oldest for ${lag}, or an outbox has not reported for more than a minute. They come in once analytics takes them.`) as Explanation,
    lost: ((_lag, sums) =>
      `${plural(sums.dropped, { one: "# click was", other: "# clicks were" })} dropped and ${plural(sums.setAside, { one: "# is", other: "# are" })} set aside. The reasons are counted; links led on all the same.`) as Explanation,
    wrong: ((_lag, sums) =>
      `${plural(sums.missing, { one: "# click is", other: "# clicks are" })} in no column. This is a fault of the system: please report it.`) as Explanation,
  },
  reasons: "Dropped:",
  // What the reasons are called; one that is not here is shown as it is.
  reason_names: {
    missing: "missing from the sequence",
    outbox_full: "the outbox was full",
    disk_full: "the disk was full",
    disk_error: "the disk failed",
  } as Record<string, string>,
  behind: (lag: string, pending: bigint) =>
    `Statistics are behind by ${lag}: ${plural(pending, { one: "# click is", other: "# clicks are" })} still to be counted. Links lead on as always.`,
  nothing: "No click was accepted yet",
  nothing_hint: "Follow a link, and its outbox appears here within seconds.",
  needs_admin: "The ledger is for administrators",
  needs_admin_hint:
    "It counts the clicks of the whole installation, so it needs the scope admin. Your own numbers are under Statistics.",
};
