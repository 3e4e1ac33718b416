import { useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { useFormat } from "@/ui/format";
import { ProblemView } from "@/ui/problem_view";
import { showToast } from "@/ui/toasts";
import type { Row } from "../answer";
import type { Namer } from "../names";
import { addressOf } from "../names";
import { readLinks, readValues } from "../queries";
import type { Question, ValuesWanted } from "../question";
import { csvOf } from "./csv";

const ROWS_AT_ONCE = 5000;
const MOST_ROWS = 100_000;

interface DownloadProps {
  question: Question;
  // What is shown; all of it is written, from the first row on.
  wanted: ValuesWanted;
  namer: Namer;
  hasLinks: boolean;
}

// Writes all rows into a file that tables and programs read.
export function Download({ question, wanted, namer, hasLinks }: DownloadProps) {
  const text = useText().statistics;
  const format = useFormat();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const download = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const rows = await allRows(question, wanted);
      const names = wanted.dimension === "link" && hasLinks ? await addresses(rows) : undefined;
      const nameOf = (value: string) => names?.get(value) ?? namer.name(wanted.dimension, value);
      save(csvOf(wanted.dimension, rows, nameOf), `${wanted.dimension}.csv`);
      if (rows.length >= MOST_ROWS) {
        showToast({ text: text.download_cut(format.number(MOST_ROWS)) });
      }
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {error !== undefined && <ProblemView error={error} onRetry={() => void download()} />}
      <Button icon="imports" disabled={isBusy} onClick={() => void download()}>
        {isBusy ? text.downloading : text.download}
      </Button>
    </>
  );
}

async function allRows(question: Question, wanted: ValuesWanted): Promise<Row[]> {
  const rows: Row[] = [];
  for (let isMore = true; isMore && rows.length < MOST_ROWS; ) {
    const values = await readValues(question, { ...wanted, skip: rows.length, limit: ROWS_AT_ONCE });
    rows.push(...values.rows);
    isMore = values.rows.length === ROWS_AT_ONCE;
  }
  return rows;
}

async function addresses(rows: readonly Row[]): Promise<Map<string, string>> {
  const links = await readLinks(rows.map((row) => row.value));
  return new Map([...links].map(([id, link]) => [id, addressOf(link)]));
}

function save(content: string, name: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: "text/csv" }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
