import { useEffect, useMemo, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useFormat } from "@/ui/format";
import { QueryView } from "@/ui/query_view";
import { useSettled } from "../filters/suggestions";
import { NAMED } from "../names";
import { useFoundLinks, useLinks, useValues } from "../queries";
import { type Question, type ValuesWanted, linksFilter, searchFilter } from "../question";
import { type AllValues, type StatsState, withValue } from "../state";
import { useNamer } from "../use_namer";
import type { ChangeState } from "../use_state";
import styles from "./all_values.module.css";
import { Download } from "./download";
import { ValuesTable } from "./values_table";

const ROWS = 50;
// Of codes that have words there are no more; they are searched by these words, here.
const MOST_NAMED = 1000;
// So many rows can be passed over.
const MOST_SKIPPED = 100_000;

interface AllValuesProps {
  all: AllValues;
  change: ChangeState;
  question: Question;
  hasLinks: boolean;
}

// All values of a dimension: searched, in the order of a number, page by page, and as a file.
export function AllValuesDialog({ all, change, question, hasLinks }: AllValuesProps) {
  const text = useText();
  const words = text.statistics;
  const [typed, setTyped] = useState(all.search);
  const search = useSettled(typed.trim());
  const set = (part: Partial<AllValues>, replaces = false) => change((state) => withAll(state, part), { replaces });
  useEffect(() => {
    if (search !== all.search) {
      set({ search, page: 1 }, true);
    }
  }, [search]);
  const { wanted, isSearchedHere, isReady, isNowhere } = useWanted(all, hasLinks);
  const values = useValues(question, wanted, isReady);
  const ids = useMemo(
    () => (hasLinks && all.dimension === "link" ? (values.data?.rows ?? []).map((row) => row.value) : []),
    [values.data, all.dimension, hasLinks],
  );
  const namer = useNamer(useLinks(ids));
  const matches = (name: string) => name.toLocaleLowerCase().includes(all.search.toLocaleLowerCase());
  return (
    <Dialog
      isWide
      title={words.all_of(words.dimensions[all.dimension])}
      onClose={() => change((state) => ({ ...state, all: null }))}
      footer={<Download question={question} wanted={wanted} namer={namer} hasLinks={hasLinks} />}
    >
      <div class={styles.search}>
        <input
          type="search"
          value={typed}
          maxLength={128}
          placeholder={words.search}
          aria-label={words.search}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      {isNowhere ? (
        <p class={styles.none}>{words.not_found}</p>
      ) : (
        <QueryView query={values}>
          {({ rows, totals }) => {
            const found = isSearchedHere ? rows.filter((row) => matches(namer.name(all.dimension, row.value))) : rows;
            const shown = isSearchedHere ? found.slice((all.page - 1) * ROWS, all.page * ROWS) : found.slice(0, ROWS);
            const isMore = isSearchedHere ? found.length > all.page * ROWS : found.length > ROWS;
            return (
              <>
                <ValuesTable
                  {...{ all, namer, hasLinks, totals }}
                  rows={shown}
                  onSort={(sort) => set({ sort, page: 1 })}
                  onChoose={(value) => change((state) => withValue(state, all.dimension, value))}
                />
                <Pages page={all.page} rows={shown.length} isMore={isMore} onPage={(page) => set({ page })} />
              </>
            );
          }}
        </QueryView>
      )}
    </Dialog>
  );
}

interface Wanted {
  wanted: ValuesWanted;
  isSearchedHere: boolean;
  isReady: boolean;
  // No link is called so.
  isNowhere: boolean;
}

// What to ask for: a page and one row of the next, or everything where it is searched here.
function useWanted({ dimension, search, page, sort }: AllValues, hasLinks: boolean): Wanted {
  const isOfLinks = dimension === "link" && hasLinks;
  const isSearchedHere = NAMED.has(dimension);
  const found = useFoundLinks(isOfLinks ? search : "");
  const ids = found.isPlaceholderData ? undefined : found.data;
  return useMemo(() => {
    const isSearched = search !== "" && !isSearchedHere;
    const filters = !isSearched ? [] : isOfLinks ? [linksFilter(ids ?? [])] : [searchFilter(dimension, search)];
    const skip = isSearchedHere ? 0 : Math.min((page - 1) * ROWS, MOST_SKIPPED);
    const isOfFound = isSearched && isOfLinks;
    return {
      wanted: { dimension, sort, skip, limit: isSearchedHere ? MOST_NAMED : ROWS + 1, filters },
      isSearchedHere,
      isReady: !isOfFound || (ids !== undefined && ids.length > 0),
      isNowhere: isOfFound && ids?.length === 0,
    };
  }, [dimension, search, page, sort, isOfLinks, isSearchedHere, ids]);
}

interface PagesProps {
  page: number;
  rows: number;
  isMore: boolean;
  onPage: (page: number) => void;
}

function Pages({ page, rows, isMore, onPage }: PagesProps) {
  const words = useText().statistics;
  const format = useFormat();
  if (page === 1 && !isMore) {
    return null;
  }
  const first = (page - 1) * ROWS + 1;
  return (
    <nav class={styles.pages} aria-label={words.rows(format.number(first), format.number(first + rows - 1))}>
      <Button size="small" disabled={page === 1} onClick={() => onPage(page - 1)}>
        {words.previous_page}
      </Button>
      {rows > 0 && <span>{words.rows(format.number(first), format.number(first + rows - 1))}</span>}
      <Button size="small" disabled={!isMore} onClick={() => onPage(page + 1)}>
        {words.next_page}
      </Button>
    </nav>
  );
}

function withAll(state: StatsState, part: Partial<AllValues>): StatsState {
  return state.all ? { ...state, all: { ...state.all, ...part } } : state;
}
