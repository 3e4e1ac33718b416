import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { LedgerEntry } from "@proto/linkmeter/analytics/v1/stats_service_pb";
import { useText } from "@/text";
import { useFormat } from "@/ui/format";
import { Pill } from "@/ui/pill";
import { Table } from "@/ui/table";
import { sumsOf, verdictOf } from "./sums";

const TONES = { good: "good", wait: "warning", lost: "warning", wrong: "bad" } as const;
const SHOWN_LETTERS = 8;

// The same equation for each outbox and each import.
export function Sources({ entries, now }: { entries: readonly LedgerEntry[]; now: number }) {
  const text = useText();
  const names = text.ledger.terms;
  return (
    <Table caption={text.ledger.sources}>
      <thead>
        <tr>
          <th scope="col">{text.ledger.source}</th>
          {[names.accepted, names.stored, names.pending, names.dropped, names.setAside, text.ledger.lag].map((name) => (
            <th key={name} scope="col" class="number">
              {name}
            </th>
          ))}
          <th scope="col">{text.ledger.last_report}</th>
          <th scope="col">{text.ledger.state}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Source key={entry.source} entry={entry} now={now} />
        ))}
      </tbody>
    </Table>
  );
}

function Source({ entry, now }: { entry: LedgerEntry; now: number }) {
  const text = useText();
  const format = useFormat();
  const sums = sumsOf(entry);
  const verdict = verdictOf(entry, now);
  const reported = entry.lastReportTime && timestampMs(entry.lastReportTime);
  return (
    <tr>
      <th scope="row" title={entry.source}>
        {entry.name || text.ledger.outbox(entry.source.slice(0, SHOWN_LETTERS))}
      </th>
      {[sums.accepted, sums.stored, sums.pending, sums.dropped, sums.setAside].map((count, index) => (
        <td key={index} class="number">
          {format.number(count)}
        </td>
      ))}
      <td class="number">{entry.lagSeconds > 0 ? format.duration(entry.lagSeconds) : "–"}</td>
      <td title={reported ? format.date_time(reported) : undefined}>
        {reported ? format.relative(reported, Math.max(now, reported)) : "–"}
      </td>
      <td>
        <Pill tone={TONES[verdict]}>{text.ledger.short_verdicts[verdict]}</Pill>
      </td>
    </tr>
  );
}
